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

    def test_the_audit_sees_faults_of_words_colours_and_widths(self):
        """Without colours, what may differ between two languages: everything else, and whether it fits."""
        page = '<html lang="es"><title>x</title><main style="width: 400px"><h1>x</h1>{}</main></html>'
        faint = '<p style="color: #ddd; background: #fff">apenas</p><button></button>'
        for colours, expected in (
            (
                True,
                ["320 light: button-name", "320 light: color-contrast", "1280 light: button-name", "1280 light: color-contrast"],
            ),
            (False, ["320: button-name"]),
        ):
            self.page.goto("about:blank")
            self.page.set_content(page.format(faint))
            found = self.audit(colours=colours)
            self.assertEqual([each for each in expected if not any(fault.startswith(each) for fault in found)], [])
            self.assertEqual(any("color-contrast" in fault for fault in found), colours)
            self.assertTrue(any(fault.startswith("320 text 100%: needs") for fault in found), found)
