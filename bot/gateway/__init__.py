"""The only public door: the phone page, turns over HTTP, speech over a websocket, tracking, health.

    app = create_app(settings, pool=RecognizerPool(...), dialogue=DialogueClient(...), store=Store(...))

Everything the app works with is handed in, so that tests drive it with parts of their own.
`python -m bot.gateway` wires the real ones. The protocol of the websocket is told in `bot/gateway/README.md`.
"""
