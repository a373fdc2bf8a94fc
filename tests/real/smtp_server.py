# A mail server of aiosmtpd for the tests. Reads one JSON line of settings from standard input, then writes one JSON
# line per event: its port, each mail as an independent parser reads it, each login. Ends when standard input does.
import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult

# Refused handshakes are what some tests are about; the server need not complain.
logging.disable(logging.CRITICAL)

settings = json.loads(sys.stdin.readline())
dropped = set()


def say(**event):
    print(json.dumps(event), flush=True)


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("tolak"):
            return "550 5.1.1 alamat \x1b[31mtidak dikenal"
        if address.startswith("nanti"):
            return "451 4.2.1 kotak surat penuh"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(
            event="mail",
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            peer=session.peer[1],
            tls=session.ssl is not None or settings["mode"] == "tls",
            login=session.authenticated,
            subject=str(mail["Subject"]),
            message_ids=[str(v) for v in mail.get_all("Message-ID", [])],
            auto_submitted=[str(v) for v in mail.get_all("Auto-Submitted", [])],
            sent_from=str(mail["From"]),
            to=[str(v) for v in mail.get_all("To", [])],
            content_type=mail.get_content_type(),
            charset=mail.get_content_charset(),
            body=mail.get_content(),
            defects=[repr(d) for d in mail.defects],
            bare_line_feeds=envelope.content.replace(b"\r\n", b"").count(b"\n"),
        )
        if envelope.rcpt_tos[0].startswith("putus") and mail["Message-ID"] not in dropped:
            dropped.add(mail["Message-ID"])
            server.transport.abort()
        return "250 2.0.0 Ok: masuk antrean UJI"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"ams" and data.password == b"sandi-uji"
    say(event="login", good=good)
    return AuthResult(success=good, handled=good)


async def main():
    context = None
    if settings["mode"] != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings["certificate"], settings["key"])
    starttls = settings["mode"] == "starttls"

    def protocol():
        return SMTP(
            Mailbox(),
            hostname="uji",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_required=settings["login"],
            auth_require_tls=starttls,
            authenticator=authenticate,
        )

    loop = asyncio.get_running_loop()
    implicit = context if settings["mode"] == "tls" else None
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=implicit)
    say(event="ready", port=server.sockets[0].getsockname()[1])
    ended = asyncio.Event()
    threading.Thread(
        target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True
    ).start()
    await ended.wait()


asyncio.run(main())
