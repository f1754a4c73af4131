"""An SMTP server that keeps what it is sent, for tests.

Started by package smtpsink with its settings as JSON in the first argument. It
prints one line with its port. Every line on standard input is a JSON object
that replaces the replies, answered by a line; the end of input ends the server.
"""
import asyncio
import base64
import json
import os
import ssl
import sys
import threading

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    print("missing", flush=True)
    sys.exit(3)

settings = json.loads(sys.argv[1])
replies = dict(settings["replies"])
HANG = "hang"
HOLD = "hold"
held = []  # events of answers that wait for other replies
holds = 0


def planned(stage, to=""):
    domain = to.rpartition("@")[2]
    return replies.get(stage + " " + domain, replies.get(stage))


async def reply(stage, otherwise, to=""):
    answer = planned(stage, to) or otherwise
    if answer == HANG:
        await asyncio.sleep(3600)
    if answer == HOLD:
        await hold()
        return otherwise
    return answer


async def hold():
    global holds
    event = asyncio.Event()
    held.append(event)
    holds += 1
    open(os.path.join(settings["dir"], "%06d.held" % holds), "w").close()
    await event.wait()


def release():
    while held:
        held.pop().set()


def authenticate(server, session, envelope, mechanism, data):
    user, password = data.login.decode(), data.password.decode()
    good = user == settings["username"] and password == settings["password"]
    answer = replies.get("AUTH")
    if answer:
        answer = answer.replace("{password}", password)
        return AuthResult(success=False, handled=False, message=answer)
    session.mechanism = mechanism
    return AuthResult(success=good, handled=good, auth_data=user if good else None)


class Handler:
    def __init__(self):
        self.count = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if not settings["mixed_case"]:
            return responses
        mixed = lambda text: "".join(c.lower() if i % 2 else c.upper() for i, c in enumerate(text))
        return responses[:1] + [line[:4] + mixed(line[4:]) for line in responses[1:]]

    async def auth_XOAUTH2(self, server, args):
        want = "user=%s\x01auth=Bearer %s\x01\x01" % (settings["username"], settings["password"])
        if base64.b64decode(args[1]).decode() == want:
            server.session.mechanism = "XOAUTH2"
            return AuthResult(success=True, auth_data=settings["username"])
        # RFC 7628 section 3.2.3: the error comes as a challenge first.
        await server.push("334 eyJzdGF0dXMiOiI0MDEifQ==")
        await server._reader.readline()
        return AuthResult(success=False, handled=False, message="535 5.7.8 token expired")

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = await reply("MAIL", "250 OK")
        if answer.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = await reply("RCPT", "250 OK", address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        holding = planned("DATA", envelope.rcpt_tos[0]) == HOLD
        answer = "250 Kept" if holding else await reply("DATA", "250 Kept", envelope.rcpt_tos[0])
        if not answer.startswith("2"):
            return answer
        record = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "helo": session.host_name,
            "parameters": envelope.mail_options,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": getattr(session, "auth_data", None) or "",
            "mechanism": getattr(session, "mechanism", ""),
            "client_certificate": bool(server.transport.get_extra_info("peercert")),
            "data": envelope.original_content.decode("utf-8", "surrogateescape"),
        }
        self.count += 1
        name = os.path.join(settings["dir"], "%06d.json" % self.count)
        with open(name + ".part", "w", encoding="utf-8", errors="surrogateescape") as f:
            json.dump(record, f)
        os.rename(name + ".part", name)
        if holding:
            await hold()
        return answer


def tls_context():
    if not settings["certificate"]:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings["certificate"])
    if settings["client_ca"]:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(settings["client_ca"])
    return context


def session_protocol():
    """A protocol for one connection."""
    starttls = settings["mode"] == "starttls"
    wanted = set(settings["mechanisms"]) if settings["username"] else set()
    options = {"auth_exclude_mechanism": {"PLAIN", "LOGIN", "XOAUTH2"} - wanted}
    if wanted:
        options["authenticator"] = authenticate
        options["auth_required"] = True
        options["auth_require_tls"] = starttls
    if starttls:
        options["tls_context"] = context
        options["require_starttls"] = True
    return SMTP(handler, hostname="sink.test", ident="ESMTP sink", loop=loop, enable_SMTPUTF8=True, **options)


def listen():
    global replies
    for line in sys.stdin:
        replies = json.loads(line)
        loop.call_soon_threadsafe(release)
        print("ok", flush=True)
    os._exit(0)


handler = Handler()
context = tls_context()
loop = asyncio.new_event_loop()
server = loop.run_until_complete(loop.create_server(
    session_protocol, host="127.0.0.1", port=0,
    ssl=context if settings["mode"] == "tls" else None,
))
threading.Thread(target=listen, daemon=True).start()
print(server.sockets[0].getsockname()[1], flush=True)
loop.run_forever()
