"""A headless Chromium, driven over a pipe with its DevTools protocol; needs nothing but Python and the browser."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")


class Browser:
    """One page. `errors` are exceptions and errors of its console, `requests` what it asked for besides itself."""

    def __init__(self, width=1200, height=1600):
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            raise SystemExit("chromium is missing (Debian: apt-get install chromium)")
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # The browser reads commands from descriptor 3 and answers on 4.
        commands, answers = os.pipe(), os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (commands[0], answers[1])]
        os.close(commands[0])
        os.close(answers[1])
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
        arguments += [f"--user-data-dir={self.profile.name}", f"--window-size={width},{height}", "about:blank"]

        def descriptors():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            [program, *arguments], preexec_fn=descriptors, pass_fds=(3, 4), stdout=quiet, stderr=quiet
        )
        for end in ends:
            os.close(end)
        self.commands, self.answers = os.fdopen(commands[1], "wb", 0), os.fdopen(answers[0], "rb", 0)
        self.number, self.session, self.rest = 0, None, b""
        self.errors, self.requests = [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.profile.cleanup()

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.answers.fileno(), 1 << 20)
            if not more:
                raise RuntimeError("the browser has gone")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        self.commands.write(json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.note(message.get("method"), message.get("params"))

    def note(self, event, found):
        if event == "Runtime.exceptionThrown":
            details = found["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif event == "Log.entryAdded" and found["entry"]["level"] == "error":
            self.errors.append(found["entry"]["text"])
        elif event == "Runtime.consoleAPICalled" and found["type"] in ("error", "assert"):
            self.errors.append(str(found["args"]))
        elif event == "Network.requestWillBeSent":
            self.requests.append(found["request"]["url"][:200])

    def evaluate(self, expression):
        """The value of an expression, awaited."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"]["exception"].get("description", expression))
        return done["result"].get("value")

    def open(self, path, ready, patience=60):
        """Opens a file and waits until the expression `ready` is true; returns the seconds that took."""
        self.errors, self.requests, begin = [], [], time.time()
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not self.evaluate(ready):
            if time.time() - begin > patience:
                raise RuntimeError(f"{path} is not ready after {patience} s: {self.errors}")
            time.sleep(0.02)
        return time.time() - begin

    def key(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key)

    def theme(self, name):
        """Light or dark."""
        feature = {"name": "prefers-color-scheme", "value": name}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def screenshot(self, path, clip=None):
        area = {} if clip is None else {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True}
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **area)["data"]))
