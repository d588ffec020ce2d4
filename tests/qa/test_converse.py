import pytest

from qa.converse import Meant, stand_alone, with_topic
from qa.types import Turn


def turn(question: str, answer: str | None) -> Turn:
    return Turn(question=question, answer=answer)


AIRLINER = turn("Which airliner was shot down near Sakhalin by a fighter?", "Flight 007")
VISIT = turn("When did Moon Jae-in visit Moscow?", "June 2018")
TOWER = turn("Who designed the Eiffel Tower?", "Gustave Eiffel")
FERRY = turn("How long does the ferry to Vladivostok take?", "about 24 hours")
TRADE = turn("What was the trade volume in 2017?", "22.4 billion dollars")
UNIVERSITY = turn("Which university opened the first Korean department?", "Far Eastern University")
REFUSED = turn("Who signed the loan agreement?", None)
TALKS = turn("When did the first round of the Six-Party Talks take place?", "27–29 August 2003")
PAIR = turn("Who were the two finalists?", "Ko San and Yi So-yeon")


@pytest.mark.parametrize(
    ("last", "question", "meant"),
    [
        # Words that point back.
        (VISIT, "And when did he visit Seoul?", "When did Moon Jae-in visit Seoul?"),
        (VISIT, "Whom did he meet there?", "Whom did Moon Jae-in meet in Moscow?"),
        (AIRLINER, "Where was it going?", "Where was Flight 007 going?"),
        (TOWER, "When was he born?", "When was Gustave Eiffel born?"),
        (TOWER, "Who met her in 1990?", "Who met Gustave Eiffel in 1990?"),
        (TOWER, "What were her books?", "What were Gustave Eiffel's books?"),
        (TOWER, "How tall is it?", "How tall is the Eiffel Tower?"),
        (FERRY, "How much does it cost?", "How much does the ferry to Vladivostok cost?"),
        (FERRY, "how much is that?", "How much is the ferry to Vladivostok?"),
        (UNIVERSITY, "Who was its rector?", "Who was Far Eastern University's rector?"),
        (
            UNIVERSITY,
            "What did this university teach?",
            "What did Far Eastern University teach?",
        ),
        (REFUSED, "When was it signed?", "When was the loan agreement signed?"),
        (TRADE, "And in 2018, was it higher?", "In 2018, was the trade volume higher?"),
        (PAIR, "How old were they?", "How old were Ko San and Yi So-yeon?"),
        # A fragment in the place of what it is like.
        (TRADE, "And in 2018?", "What was the trade volume in 2018?"),
        (VISIT, "And Seoul?", "When did Moon Jae-in visit Seoul?"),
        (VISIT, "What about Kim Jong-un?", "When did Kim Jong-un visit Moscow?"),
        (FERRY, "and to Busan?", "How long does the ferry to Busan take?"),
        (
            TALKS,
            "and the third?",
            "When did the third round of the Six-Party Talks take place?",
        ),
        (TRADE, "What about exports?", "What was the trade volume in 2017, exports?"),
        # The last question, asked for something else.
        (VISIT, "Why?", "Why did Moon Jae-in visit Moscow?"),
        (
            AIRLINER,
            "And when was that?",
            "When was Flight 007 shot down near Sakhalin by a fighter?",
        ),
        (
            TOWER,
            "Where was that?",
            "Where was it that Gustave Eiffel designed the Eiffel Tower?",
        ),
        # A new topic, and a question about it.
        (
            VISIT,
            "What about the second ferry, when did it sail?",
            "When did the second ferry sail?",
        ),
    ],
)
def test_a_follow_up_is_made_to_stand_alone(last: Turn, question: str, meant: str) -> None:
    assert stand_alone(question, [last]).question == meant


@pytest.mark.parametrize(
    "question",
    [
        "When did Putin visit Seoul, and whom did he meet?",
        "What did South Korea do with its loan?",
        "Is it possible to climb a tower?",
        "How long does it take to cross the border?",
        "How many languages are there?",
        "Who founded the museum?",
        "Which laws say that a visa is needed?",
        "And who founded the museum?",
        "What time is it?",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    for last in (AIRLINER, VISIT, TOWER, FERRY, TRADE, UNIVERSITY, REFUSED, PAIR):
        assert stand_alone(question, [last]) == Meant(question=question, query=question)


def test_without_history_nothing_is_changed() -> None:
    assert stand_alone("When was he born?", []).question == "When was he born?"
    assert with_topic("Did anybody survive?", []) is None


def test_a_follow_up_is_searched_with_the_turn_before() -> None:
    meant = stand_alone("When was he born?", [VISIT, TOWER])
    assert meant.query == (
        "Who designed the Eiffel Tower? Gustave Eiffel When was Gustave Eiffel born?"
    )


def test_words_point_back_over_several_turns() -> None:
    history = [VISIT, turn("Whom did he meet there?", None), turn("And in 2013?", None)]
    assert stand_alone("Why did he go there?", history).question == (
        "Why did Moon Jae-in go in Moscow?"
    )


def test_a_question_that_names_nothing_gets_the_topic() -> None:
    meant = with_topic("Did anybody survive?", [AIRLINER])
    assert meant is not None
    assert meant.question == "Flight 007, Sakhalin: Did anybody survive?"
    assert with_topic("Did anybody survive in Busan?", [AIRLINER]) is None
    assert with_topic("Did anybody survive in 1983?", [AIRLINER]) is None


def test_long_turns_and_many_of_them_are_let_go() -> None:
    long = turn("Who built " + "a bridge and " * 100 + "the Tower?", "x" * 5000)
    assert stand_alone("When was he born?", [long]).question == "When was he born?"
    assert stand_alone("When was he born?", [TOWER] + [FERRY] * 6).question == "When was he born?"


@pytest.mark.parametrize("question", ["?", "...", "And?", "and", "What about?", "it", "he he he"])
def test_odd_questions_are_no_error(question: str) -> None:
    for last in (VISIT, TOWER, turn("", ""), turn("?", "?"), turn("the", "the")):
        assert isinstance(stand_alone(question, [last]).question, str)
        with_topic(question, [last])
