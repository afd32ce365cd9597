"""The instrument itself: a browser opens the live server, sees its styles, and axe sees a planted fault."""

from tests.browser.case import BrowserCase


class InstrumentTests(BrowserCase):
    def test_open(self):
        response = self.open("/healthz")
        self.assertEqual(response.status, 200)

    def test_axe_sees_a_fault(self):
        self.open("/healthz")
        self.page.set_content('<html lang="es"><title>x</title><main><h1>x</h1><img src="data:,"></main></html>')
        self.assertEqual([each.split(":")[0] for each in self.axe()], ["image-alt"])
        self.errors.clear()

    def test_a_request_to_another_host_is_seen(self):
        self.expected_errors = [r"^request to another host: http://192\.0\.2\.1/x\.png$", "ERR_FAILED"]
        self.page.goto("about:blank")
        with self.page.expect_event("requestfailed"):
            self.page.set_content('<img src="http://192.0.2.1/x.png" alt="">')
        self.assertIn("request to another host: http://192.0.2.1/x.png", self.errors)

    def test_a_console_error_fails_the_test(self):
        self.open("/healthz")
        self.page.evaluate("console.error('planted')")
        with self.assertRaisesRegex(AssertionError, "planted"):
            self.end_page()
        self.start_page(self.context.browser)
