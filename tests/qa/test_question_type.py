import pytest

from qa.question_type import QuestionType, question_type

ASKED: list[tuple[QuestionType, str]] = [
    ("yes_no", "Did the ferry leave?"),
    ("yes_no", "Isn’t the pier closed"),
    ("yes_no", "  IS the pier closed?"),
    ("yes_no", "In 2017, did the ferry leave on time?"),
    ("yes_no", "The ferry left at noon, didn't it?"),
    ("yes_no", "And can dogs come aboard?"),
    ("yes_no", "Do you know whether dogs can come aboard?"),
    ("yes_no", "Can you tell me if dogs can come aboard?"),
    ("yes_no", "Hello, I live in Bern. Is there a ferry?"),
    ("yes_no", "Please tell me: can dogs come aboard?"),
    ("words", "Is it late? When does the ferry leave?"),
    ("words", "Was the ferry built in 1990 or in 1991?"),
    ("words", "Can you tell me when the ferry leaves?"),
    ("words", "Do you know who built the pier?"),
    ("words", "If the ferry is late, where do people wait?"),
    ("words", "What does the ticket cost?"),
    ("words", "Which is the longer pier?"),
    ("words", "What is the name of the ferry?"),
    ("words", "Who was the captain?"),
    ("words", "What old law was repealed when they met?"),
    ("words", "How is the pier lit?"),
    ("words", "How long does the crossing take?"),
    ("words", "What process cleans the deck?"),
    ("words", "ferry"),
    ("words", "?"),
    ("words", ""),
    ("words", "What happens when the ferry is late?"),
    ("words", "What causes rust?"),
    ("words", "What determines the order?"),
    ("words", "Which function reads fixed-width files?"),
    ("why", "Why was the pier closed?"),
    ("why", "And why was that?"),
    ("why", "How come the pier was closed?"),
    ("why", "For what reason was the pier closed?"),
    ("why", "What was the reason?"),
    ("list", "What are the names of the piers?"),
    ("list", "Which piers are open?"),
    ("list", "In which towns does the ferry stop?"),
    ("list", "Which small towns did the ferry serve?"),
    ("list", "Which old wooden ferries served the lake?"),
    ("list", "What kinds of tickets are there?"),
    ("list", "Which two people were on the bridge?"),
    ("list", "List the towns on the lake."),
    ("list", "Could you please list the towns?"),
    ("list", "Name all captains."),
    ("count", "How many piers are there?"),
    ("count", "In how many towns does the ferry stop?"),
    ("count", "What is the number of piers?"),
]


@pytest.mark.parametrize(("expected", "question"), ASKED)
def test_the_type_is_told_by_the_words(expected: QuestionType, question: str) -> None:
    assert question_type(question) == expected
