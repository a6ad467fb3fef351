# SPDX-License-Identifier: Apache-2.0
"""A receiver of events for tests."""
import http.server
import json
import threading


class Webhook:
    """events: the bodies, in the order in which they came. answers: HTTP statuses of the first ones; then 200."""

    def __init__(self, answers=()):
        self.events, self._came = [], threading.Condition()
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                try:
                    body = json.loads(self.rfile.read(int(self.headers.get('Content-Length', 0))))
                except ValueError:
                    return self.answer(400, {})
                if body.get('type') == 'url_verification':
                    return self.answer(200, {'challenge': body.get('challenge')})
                with hook._came:
                    status = answers[len(hook.events)] if len(hook.events) < len(answers) else 200
                    hook.events.append(body)
                    hook._came.notify_all()
                return self.answer(status, {})

            def answer(self, status, body):
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self._server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self._server.server_port}/events'
        threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def wait(self, count=1, timeout_s=10):
        """Waits until count events have come, and returns all of them."""
        with self._came:
            if not self._came.wait_for(lambda: len(self.events) >= count, timeout_s):
                raise TimeoutError(f'the webhook got {len(self.events)} of {count} events within {timeout_s} s')
            return list(self.events)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
