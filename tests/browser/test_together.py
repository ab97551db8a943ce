"""People who work together: two who open one task at once, and a task that is taken, given back and handed over."""

from __future__ import annotations

from tests.browser.asked import ACKNOWLEDGED

SEH = "South Essex Homes"
TASK = "Acknowledge the complaint"


def test_two_people_send_one_task_and_the_second_is_told_who_was_quicker(sign_in):
    chidi, olga = sign_in("chidi", on="2024-06-03"), sign_in("olga")
    case = chidi.log_complaint(SEH)
    chidi.accept(case)
    for desk in (chidi, olga):
        desk.open_task(case, TASK)
    olga.fill({"Our understanding of the complaint": "Olga's long account.\nWith a second line."})

    chidi.finish(ACKNOWLEDGED, "Complete this task")
    assert "Recorded: Stage 1: acknowledge the complaint." in chidi.told
    olga.on("2024-06-03", "10:05").press("Preview the letter")
    assert olga.problems == ["Chidi Okafor completed this task on 3 June 2024 at 10am."]
    assert "What you sent was not recorded, and nothing of it is lost" in olga.text
    assert "Olga's long account. With a second line." in olga.text
    olga.follow("Go to the case")
    assert olga.page.get_by_text("Olga's long account.").count() == 0


def test_what_changed_meanwhile_is_said_and_the_form_can_be_sent_again(sign_in):
    mina, chidi = sign_in("mina", on="2024-06-03"), sign_in("chidi")
    case = chidi.log_complaint(SEH)
    chidi.accept(case)
    chidi.complete(case, TASK, ACKNOWLEDGED)
    mina.case(case)
    mina.follow_happening("Stage 1: give an extension")
    extension = {"New date for the answer": "2024-06-20", "Why do we need longer?": "A part is on order."}
    mina.write(extension, is_whole=False)
    chidi.record(case, "Declare a conflict of interest", {"What part have you had in the matter?": "My neighbour."})
    mina.send()
    assert "Chidi Okafor changed this case on 3 June 2024 at 10am, while you had it open." in mina.problems[0]
    assert "A part is on order." in mina.text
    assert mina.value("E-mail address") == "ada@example.org"
    mina.send()
    assert mina.dates["Stage 1: answer"] == "Thursday 20 June 2024"


def test_a_task_is_taken_given_back_and_handed_over_with_a_reason(sign_in):
    chidi = sign_in("chidi", on="2024-06-03")
    assert "Nothing is in your name." in chidi.text
    case = chidi.log_complaint(SEH)
    chidi.go("/inbox/team")
    chidi.take(case)
    assert "You have the task now" in chidi.told
    chidi.go("/inbox/mine")
    assert case in chidi.text

    chidi.follow("Decide what this is")
    assert "You have this task." in chidi.text
    chidi.press("Give it back to the team")
    assert "It is nobody's now, and waits for the team." in chidi.told
    chidi.press("Take this task")
    olga = sign_in("olga")
    olga.open_task(case, "Decide what this is")
    assert "Chidi Okafor has had this task since 3 June 2024 at 10am." in olga.text

    chidi.page.get_by_text("Hand this task to someone else").click()
    chidi.press("Hand it over")
    assert chidi.problems == ["Choose who takes the task", "Say why the task is handed over"]
    chidi.page.locator("#to").select_option(label="Olga Novak")
    chidi.page.locator("#reason").fill("On leave from tomorrow.")
    chidi.press("Hand it over")
    assert "Olga Novak has the task now." in chidi.told
    olga.go("/inbox")
    assert case in olga.text
    olga.case(case)
    assert "On leave from tomorrow." in olga.text
