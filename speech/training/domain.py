"""Sentences as citizens may say them, drawn at random: for synthesis and for the language model.

They are templates over word lists. The catalog's own text is given to the graph separately (see `graph`); these
sentences carry the conversation around it: needs, answers, numbers, names, dates, addresses, corrections.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib import resources

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤楼骆虞鲍傅"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅红玲建国志文斌晓春燕辉宇欣怡子涵浩然梓轩雨晨佳俊鹏飞"
    "海波云龙林峰雪莹婷慧倩颖琳凯旭东升宁安康永福生根宝珍珠凤香菊爱莲美思雅诗琪瑶一诺可心嘉豪博天翔"
)
TOWNS = (
    "稠城街道 福田街道 江东街道 稠江街道 北苑街道 后宅街道 城西街道 廿三里街道 佛堂镇 苏溪镇 上溪镇 义亭镇 赤岸镇 大陈镇"
).split()
ROADS = (
    "稠州北路 稠州中路 宾王路 城中北路 城中中路 工人西路 工人北路 江滨北路 丹溪北路 雪峰西路 望道路 商城大道 机场路 西城路 春风大道 "
    "四海大道 银海路 宗泽路 化工路 化山路 南门街 朝阳中路 诚信大道 国贸大道 环城南路 荷叶塘路 兴隆大街 商博路 福田路 贝村路 黎明湖路 五洲大道"
).split()
PLACES = (
    "上海 北京 杭州 金华 东阳 永康 浦江 兰溪 武义 磐安 温州 宁波 绍兴 嘉兴 湖州 台州 丽水 衢州 江西 安徽 河南 湖南 四川 贵州 云南 江苏 福建 广东"
).split()
VILLAGES = "后宅村 下骆宅 青口 樊村 端头村 佛堂老街 何斯路村 李祖村 七一村 分水塘村 鸡鸣山社区 永顺社区 兴中小区 欧景名城 五爱小区 宾王小区".split()
WANTS = (
    "我想办{} 我要办{} 我想办理{} 怎么办{} {}怎么办 {}怎么弄 请问{}要什么材料 办{}需要什么材料 {}在哪里办 帮我办一下{} 我来办{} 咨询一下{} "
    "{}要多少钱 {}多久能办好 我想申请{} 申请{} {}能不能网上办 想问一下{}的事情 我要{} {} 你好我想办{} {}需要本人去吗 办{}收费吗 "
    "{}几天能拿到 可以代办{}吗 麻烦你帮我查一下{} 我那个{}还没办 我不知道{}找哪个部门 听说{}可以马上办"
).split()
SITUATIONS = (
    "我老婆户口在{place}想迁到我这里 我老公户口在{place}想迁过来 户口从{place}迁到义乌 小孩刚出生要报户口 孩子户口想跟我 我爸妈想把户口迁到我家 "
    "我在义乌买了房想落户 大学毕业想把户口迁回来 研究生毕业想在义乌落户 我和老婆领证了想迁户口 结婚了要把户口迁到男方家里 我是{place}人想在义乌上户口 "
    "身份证丢了 身份证过期了怎么办 身份证掉了要补一张 我的身份证快到期了 在{place}丢了身份证 我要去香港玩 我想出国旅游 护照到期了 小孩要办护照 "
    "前面车牌不见了 后面车牌掉了 车牌被偷了 车牌撞坏了想换一块 下大雨车牌冲走了 驾驶证到期了 驾照丢了 行驶证找不到了 行驶证破了 车子卖掉了要过户 买了新车要上牌 "
    "店门口要装修想占一下马路 工地要占用人行道 我们要搞活动想在广场搭台子 要挖开马路接水管 门口想放个广告牌 搭脚手架要占道 "
    "我想开个饭店 想开个小吃店要办什么证 我要开一家奶茶店 开超市要办什么 饭店不开了要注销 食品证到期了 店名改了执照要换吗 老板换人了怎么变更 "
    "我想开公司 想注册一个公司 公司不做了想注销 公司搬地方了 要换法人 摆摊要不要执照 做电商要营业执照吗 营业执照丢了 想查公司的档案 "
    "我想取公积金 租房子可以取公积金吗 买房想用公积金 公积金怎么提 离职了公积金怎么取 社保卡丢了 社保怎么转过来 我失业了想领失业金 上班受伤了 老人退休了怎么领养老金 "
    "在外地看病怎么报销 生小孩可以报销吗 房产证丢了 房子卖了要过户 贷款还清了要解押 我爸去世了房子怎么过户 我想结婚 我们要离婚 结婚证丢了 "
    "我厂里要办环评 工厂要排污许可 排污证到期了 厂里有废机油要处理 晚上要赶工打混凝土 医院要上一台新的拍片机 我们厂要扩建 "
    "我有个外国朋友来工作 公司要招一个外国人 外国员工要办工作证 外国人续签 老外住在我家要登记吗 小孩要上学 老人满八十了有补贴吗"
).split()
ANSWERS = (
    "是 是的 对 对的 对啊 没错 嗯 好 好的 可以 行 没问题 确认 确定 就是这个 不 不是 不对 不用 不要 没有 有 有的 错了 不行 取消 算了 不办了 等一下 再说一遍 "
    "没听清 重新来 从头开始 返回 上一步 下一个 继续 提交 同意 我同意 不同意 我承诺 退出 结束 谢谢 再见 你好 转人工 人工服务 我要转人工 找个人帮我 叫工作人员 "
    "第一个 第二个 第三个 第四个 第五个 最后一个 第一 第二 第三 选第一个 要第二个 就第三个吧 前面那个 后面那个 都不是 都可以 两个都要 "
    "男 女 本人 代办 我自己 我替我妈办 我爸爸 我妈妈 我老婆 我老公 我儿子 我女儿 我们公司 个人 企业 单位 市内 市外 省外 省内 农村 城镇 城市 新办 变更 延续 补证 补办 注销 换证 "
    "前面 后面 两块都要 小型汽车 大型汽车 摩托车 面包车 货车 邮寄 自取 快递 寄到家里 我自己来拿 到窗口拿 已婚 未婚 离异 丧偶 初中 高中 大专 本科 研究生 汉族 回族 畲族 苗族 "
    "查进度 我的申请办到哪了 查一下我的办件 我要查进度 什么时候能办好 要带什么材料 要多少钱 在哪里办 几点上班 周六上班吗 需要多久 谁可以办 为什么要这个 "
    "我填错了 名字错了 电话错了 地址不对 改一下地址 改一下电话 号码错了 日期不对 后四位不对 前面三位错了 中间四位错了"
).split()
CORRECTIONS = "电话错了是{phone} 不对电话是{phone} 我说错了是{phone} 名字错了叫{name} 不是{name2}是{name} 地址错了是{address} 改成{date} 日期错了是{date} 车牌是{plate}".split()
DETAILS = (
    "我的电话是{phone} 手机号{phone} {phone} 电话{phone} 打{phone} 我的身份证号是{identity} 身份证{identity} {identity} 我叫{name} 我姓{surname}叫{name} 名字叫{name} {name} 申请人{name} 我老婆叫{name} "
    "我住在{address} 地址是{address} {address} 家里在{address} 占用地点在{address} 从{date}到{date2} {date} {date}开始 到{date2}结束 {date}到期 {date}出生 出生日期{date} "
    "面积{area} 大概{area} 一共{area} {area} 金额{money} 大概{money} {money} 注册资本{money} 车牌是{plate} 车牌号{plate} {plate} 我的车是{plate} 后面四位{four} 尾号{four} 受理编号{digits} 一共{count} {count} 信用代码{code}"
).split()
DIGITS, MONTHS = "零一二三四五六七八九", "一 二 三 四 五 六 七 八 九 十 十一 十二".split()
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def items() -> list[str]:
    """Short names of services, as spoken."""
    return resources.files(__package__).joinpath("domain_items.txt").read_text(encoding="utf-8").split()


def number(value: int) -> str:
    """A whole number below 100 million as it is read.

    Example:
        >>> number(12), number(305), number(20000)
        ('十二', '三百零五', '两万')
    """
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        joint = "零" if 0 < low < 1000 else ""
        head = "两" if high == 2 else number(high)
        return head + "万" + (joint + number(low) if low else "")
    if value < 10:
        return DIGITS[value]
    result, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit == 0:
            zero = bool(result)
            continue
        result += ("零" if zero else "") + DIGITS[digit] + name
        zero = False
    return result[1:] if 10 <= value < 20 else result


class Speaker:
    """Draws sentences; equal seeds draw equal sentences.

    Example:
        >>> Speaker(1).sentence() == Speaker(1).sentence()
        True
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._items = items()

    def digits(self, count: int) -> str:
        text = "".join(self.random.choice(DIGITS) for _ in range(count))
        return text.replace("一", "幺") if self.random.random() < 0.5 else text

    def phone(self) -> str:
        return ("幺" if self.random.random() < 0.5 else "一") + self.random.choice("三五七八九") + self.digits(9)

    def identity(self) -> str:
        first = self.random.choice(("三三零七八二", "三三零七", "三三", "三六", "四一", "五二", "三四"))
        year = self.random.choice(("一九", "二零", "幺九")) + self.digits(2)
        tail = self.random.choice((*DIGITS, "X"))
        return first + self.digits(6 - len(first)) + year + self.digits(4) + self.digits(3) + tail

    def name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=self.random.choice((1, 2, 2, 2))))

    def date(self) -> str:
        relative = "今天 明天 后天 大后天 昨天 下周一 下周三 下周五 这周六 月底 下个月初 下个月五号 明年三月 去年 前年 年底".split()
        if self.random.random() < 0.35:
            return self.random.choice(relative)
        day = self.random.choice(MONTHS) + "月" + number(self.random.randint(1, 31)) + self.random.choice("号日号")
        year = self.random.choice(("", "", "二零二五年", "二零二六年", "今年", "明年", "一九" + self.digits(2) + "年", "二零" + self.digits(2) + "年"))
        return year + day

    def address(self) -> str:
        where = self.random.choice((*TOWNS, *VILLAGES, ""))
        house = number(self.random.randint(1, 999)) + "号"
        rest = self.random.choice(("", "", number(self.random.randint(1, 30)) + "幢", number(self.random.randint(1, 30)) + "栋" + number(self.random.randint(1, 6)) + "单元" + self.digits(3)))
        return self.random.choice(("", "义乌市")) + where + self.random.choice(ROADS) + house + rest

    def plate(self) -> str:
        body = "".join(self.random.choice(DIGITS * 3 + LETTERS) for _ in range(5))
        return self.random.choice("浙浙浙浙沪苏赣皖") + self.random.choice("GGGGABCDEF") + body

    def value(self, kind: str) -> str:
        number_of = self.random.choice((self.random.randint(1, 99), self.random.randint(1, 20) * 100, self.random.randint(100, 9999)))
        match kind:
            case "item" | "":
                return self.random.choice(self._items)
            case "phone" | "identity" | "address" | "plate":
                return str(getattr(self, kind)())
            case "name" | "name2":
                return self.name()
            case "surname":
                return self.random.choice(SURNAMES)
            case "date" | "date2":
                return self.date()
            case "place":
                return self.random.choice(PLACES)
            case "area":
                return number(number_of) + self.random.choice(("平方", "平方米", "个平方", "亩"))
            case "money":
                return number(number_of) + self.random.choice(("块", "元", "块钱", "万", "万元"))
            case "count":
                return number(number_of % 100 + 1) + self.random.choice("个人份张块间次套辆")
            case "four":
                return self.digits(4)
            case "digits":
                return self.digits(self.random.randint(6, 12))
            case "code":
                return "九一三三零七八二" + "".join(self.random.choice(DIGITS * 2 + LETTERS) for _ in range(10))
            case _:
                raise KeyError(kind)

    def fill(self, template: str) -> str:
        result = template
        while "{" in result:
            start, end = result.index("{"), result.index("}")
            result = result[:start] + self.value(result[start + 1 : end]) + result[end + 1 :]
        return result

    def sentence(self) -> str:
        kind = self.random.random()
        pool = WANTS if kind < 0.35 else SITUATIONS if kind < 0.6 else DETAILS if kind < 0.84 else ANSWERS if kind < 0.94 else CORRECTIONS
        return self.fill(self.random.choice(pool))

    def sentences(self, count: int) -> Iterator[str]:
        for _ in range(count):
            yield self.sentence()


def fixed_sentences() -> Iterator[str]:
    """Every answer and every item name once, and each situation, so that none is missing from the model."""
    speaker = Speaker(0)
    yield from ANSWERS
    yield from speaker.fill("\n".join(SITUATIONS)).split("\n")
    for name in speaker._items:
        yield name
        for template in WANTS:
            yield template.replace("{}", name)
