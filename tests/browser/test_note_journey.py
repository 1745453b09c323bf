"""A call is written down, in a real browser: kept once, and nothing of it left on the form."""

import pytest
from support.browsing import settle, unfold

pytestmark = pytest.mark.browser


def test_p_msg_1_a_call_is_kept_by_a_double_press_once_and_the_form_is_empty_again(
    demo, sign_in
) -> None:
    page = sign_in(demo, "Kit Oyelund", "/note")
    words = page.get_by_label("What was said or written")
    unfold(page, "How did it come?")
    page.get_by_role("option", name="Phone note").click()
    page.get_by_role("spinbutton", name="hour, At what time").click()
    page.keyboard.type("0007")
    words.fill("He said that he knows where we live, and that he is on his way.")
    unfold(page, "Colleagues it was sent to")
    assert page.get_by_role("option", name="Select all").count() == 0
    page.get_by_role("option", name="Kit Oyelund").click()
    page.keyboard.press("Escape")
    page.get_by_text("Flag this").click()
    page.get_by_role("button", name="Keep it").dblclick()
    page.get_by_text("Kept. It stands in the queue.").wait_for()
    settle(page)
    assert page.get_by_text("There is a problem").count() == 0
    assert words.input_value() == ""
    assert page.get_by_text("Phone note").count() == 0
    assert page.get_by_text("knows where we live").count() == 0


def test_on_a_phone_the_page_after_sign_in_opens_at_its_top(demo, context) -> None:
    """Who to be stands far down the list: of itself the browser would stay as far down."""
    far = "document.querySelector('[data-testid=stMain]').scrollTop"
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(f"{demo.url}/note")
    settle(page)
    page.get_by_role("button", name="Be Tess Quarrington").wait_for()
    chosen = page.get_by_role("button", name="Be Sam Reyne")
    chosen.scroll_into_view_if_needed()
    page.wait_for_function(f"{far} > 200")
    chosen.click()
    page.get_by_role("heading", name="Enter a message").wait_for()
    settle(page)
    page.get_by_role("button", name="Keep it").wait_for()
    assert page.evaluate(far) == 0
