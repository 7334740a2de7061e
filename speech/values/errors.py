"""Why a detail was not taken: one class a reason, each with what was wrong and what is expected.

Messages never repeat what the citizen said (it may be an identity number); they count and name at most.
"""

from __future__ import annotations

from wenban.errors import ValueInvalid


class EmptyText(ValueInvalid):
    code = "value_empty"
    citizen = "没有听到内容，请再说一遍，也可以打字。"


class TextTooLong(ValueInvalid):
    code = "value_too_long"
    citizen = "内容太长了，请控制在五百字以内，只说这一项。"


class NotUnderstood(ValueInvalid):
    """Nothing of the expected kind was in the text."""

    code = "value_not_understood"


class MoreThanOne(ValueInvalid):
    """Several different values of the kind were in the text and nothing says which is meant."""

    code = "value_more_than_one"
    citizen = "我听到了不止一个答案，请只说一个。"


class RepairAmbiguous(ValueInvalid):
    """Several recognition hypotheses or repairs prove themselves, so none is taken."""

    code = "value_ambiguous"
    citizen = "有几位没有听清，请慢一点，一位一位地再说一遍。"


class CorrectionUnclear(ValueInvalid):
    code = "correction_unclear"
    citizen = "没有听清要改哪里，请说比如“后四位是一二三四”，或者把整个内容重新说一遍。"


class PhoneLength(ValueInvalid):
    code = "phone_length"
    citizen = "手机号应该是十一位数字，请再说一遍。"


class PhonePrefix(ValueInvalid):
    code = "phone_prefix"
    citizen = "没有这个号段的电话，手机号是以一三到一九开头的十一位数字，请再说一遍。"


class PhoneNotMobile(ValueInvalid):
    code = "phone_not_mobile"
    citizen = "这里需要能收短信的手机号，请说十一位的手机号。"


class IdLength(ValueInvalid):
    code = "resident_id_length"
    citizen = "身份证号应该是十八位，请再说一遍。"


class IdOld(ValueInvalid):
    code = "resident_id_old"
    citizen = "这是旧的十五位身份证号，请说十八位的新号码。"


class IdRegion(ValueInvalid):
    code = "resident_id_region"
    citizen = "身份证号开头的地区代码不对，请再慢慢说一遍。"


class IdBirthDate(ValueInvalid):
    code = "resident_id_birth_date"
    citizen = "身份证号中间的出生日期不对，请再慢慢说一遍。"


class IdCheckDigit(ValueInvalid):
    code = "resident_id_check_digit"
    citizen = "这个身份证号校验不通过，可能有一位说错或听错了，请再慢慢说一遍十八位号码。"


class UsccLength(ValueInvalid):
    code = "uscc_length"
    citizen = "统一社会信用代码应该是十八位数字和字母，请照着营业执照再说一遍。"


class UsccSymbol(ValueInvalid):
    code = "uscc_symbol"
    citizen = "统一社会信用代码里不会有字母I、O、S、V、Z，请照着营业执照再说一遍。"


class UsccCheckDigit(ValueInvalid):
    code = "uscc_check_digit"
    citizen = "这个统一社会信用代码校验不通过，可能有一位说错或听错了，请照着营业执照再说一遍。"


class DateImpossible(ValueInvalid):
    code = "date_impossible"
    citizen = "日历上没有这一天，请再说一遍日期，比如三月一号。"


class DateIncomplete(ValueInvalid):
    code = "date_incomplete"
    citizen = "请说到具体哪一天，比如三月一号。"


class DateLunar(ValueInvalid):
    code = "date_lunar"
    citizen = "请说公历（阳历）的日期，比如三月一号。"


class DateInPast(ValueInvalid):
    code = "date_in_past"
    citizen = "日期已经过去了，请说一个今天以后的日期。"


class DateTooEarly(ValueInvalid):
    code = "date_too_early"
    citizen = "这个日期太早了，请再说一遍。"


class DateTooLate(ValueInvalid):
    code = "date_too_late"
    citizen = "这个日期太晚了，请再说一遍。"


class DateInFuture(ValueInvalid):
    code = "date_in_future"
    citizen = "这个日期还没有到，请说一个今天或今天以前的日期。"


class RangeIncomplete(ValueInvalid):
    code = "range_incomplete"
    citizen = "请说从哪天到哪天，比如三月一号到三月五号。"


class RangeReversed(ValueInvalid):
    code = "range_reversed"
    citizen = "结束日期比开始日期还早，请再说一遍从哪天到哪天。"


class RangeTooLong(ValueInvalid):
    code = "range_too_long"
    citizen = "时间太长了，请说短一些的起止日期。"


class PlateProvince(ValueInvalid):
    code = "plate_province"
    citizen = "请从省份简称说起，比如浙G一二三四五。"


class PlateInvalid(ValueInvalid):
    code = "plate_invalid"
    citizen = "车牌号不完整或不对，应该像浙G一二三四五，新能源车多一位，请再说一遍。"


class NumberVague(ValueInvalid):
    code = "number_vague"
    citizen = "请说一个准确的数，不用大概。"


class NumberNotWhole(ValueInvalid):
    code = "number_not_whole"
    citizen = "这里应该是一个整数，请再说一遍。"


class NumberTooSmall(ValueInvalid):
    code = "number_too_small"
    citizen = "这个数太小了，请再说一遍。"


class NumberTooLarge(ValueInvalid):
    code = "number_too_large"
    citizen = "这个数太大了，请再说一遍。"


class NameInvalid(ValueInvalid):
    code = "name_invalid"
    citizen = "没有听清姓名，请说身份证上的全名，比如：我叫王芳。"


class AddressTooShort(ValueInvalid):
    code = "address_too_short"
    citizen = "地址不够详细，请说清楚镇街、路名或村名和门牌号，比如稠城街道工人西路八十八号。"


class YesNoUnclear(ValueInvalid):
    code = "yes_no_unclear"
    citizen = "没有听清是还是不是，请说“是”或者“不是”。"


class ChoiceUnclear(ValueInvalid):
    code = "choice_unclear"
    citizen = "没有听清您选哪一个，请说第几个，或者说选项的名字。"


class ChoiceAmbiguous(ValueInvalid):
    code = "choice_ambiguous"
    citizen = "您说的可能是几个选项里的一个，请说第几个。"


class ChoiceOutOfRange(ValueInvalid):
    code = "choice_out_of_range"
    citizen = "没有这么多选项，请再选一次。"


class NoneOfThese(ValueInvalid):
    """The citizen said plainly that none of the options fits; the dialogue goes another way."""

    code = "choice_none"
    citizen = "这些都不是您要的，请换个说法说说您的情况，或者说“转人工”。"


class TextEmpty(ValueInvalid):
    code = "text_empty"
    citizen = "没有看到文字内容，请用文字说明一下。"


class LengthWrong(ValueInvalid):
    code = "text_length"
    citizen = "字数不合适，请再说一遍。"
