"""The page's own words in English and Korean. Documents' words are never translated."""

from calendar import month_name
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Counted: TypeAlias = tuple[str, str]  # for one and for several; {} stands for the number

_PLACES = (
    *("page", "slide", "sheet", "cell", "row", "column", "table"),
    *("chapter", "header", "item", "line"),
)


_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "zh": "Chinese",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What the page says. The defaults are English; {} and {name} stand for what is put in."""

    language: str = "en"

    # The head and the menu
    documents: Counted = ("{} document", "{} documents")
    passages: Counted = ("{} passage", "{} passages")
    no_documents: str = "No documents yet"
    menu: str = "Menu"
    new_conversation: str = "New conversation"
    save_markdown: str = "Save as Markdown"
    save_json: str = "Save as JSON"
    how_sure: str = "Answer only if"
    usual_precision: str = "likely right (as set here)"
    precision: str = "{} of such answers are right"
    nothing_to_save: str = "There is no conversation to save yet."
    conversation: str = "Conversation"
    reading: str = "Documents and sources"

    # First visit
    nothing_yet: str = "There is nothing to read yet"
    add_folder: str = "Add the folder with your documents, then load this page again:"
    welcome: str = "Ask your documents"
    promise: str = (
        "The answer comes in their own words, with the place where it stands. "
        "Where they don't say, you are told so."
    )
    for_example: str = "For example"

    # The question
    question: str = "Question"
    ask_a_question: str = "Ask a question"
    ask: str = "Ask"
    waiting: str = "Reading your documents …"
    empty_question: str = "The question is empty: ask one in a sentence."
    long_question: str = (
        "The question has {count} characters, more than the {most} that are read: shorten it."
    )
    too_many: str = "That was a lot in a short time: please ask again in {} s."
    unexpected: str = "Something went wrong here. Please ask again; the server's log says more."

    # The answer
    understood_as: str = "Understood as:"
    not_found: str = "The documents don't say."
    no_guess: str = (
        "I answer only from these documents and would rather not guess. "
        "Other words for the question may help."
    )
    unread: str = "I can find passages in {}, but not read them, so I don't answer."
    nearest_may_hold_it: str = "The nearest places may hold it."
    this_language: str = "this language"
    nearest: str = "The nearest places"
    nearest_passages: str = "The nearest passages:"
    differing: str = "The documents give more than one answer – please judge by the sources"
    possibly: str = "Possibly – please check the source"
    documents_say: str = "The documents say"
    others: Counted = ("{} other possible answer", "{} other possible answers")
    # From the most to the least likely: of words, and of a whole sentence or list.
    right: tuple[str, ...] = (
        "very likely right",
        "likely right",
        "more likely right than wrong",
        "possibly right",
        "probably not right",
    )
    answers: tuple[str, ...] = (
        "very likely answers it",
        "likely answers it",
        "more likely than not answers it",
        "possibly answers it",
        "probably doesn't answer it",
    )
    percent: str = "{} %"
    over_percent: str = "over {} %"
    under_percent: str = "under {} %"
    seconds: str = "{} s"

    # What people say of an answer
    is_it_right: str = "Is this answer right?"
    up: str = "Helpful"
    down: str = "Wrong"
    wrong_place: str = "Wrong place"
    no_answer: str = "Should have said nothing"
    correction: str = "The answer is …"
    right_answer: str = "The right answer"
    send: str = "Send"
    thanks: str = "Thank you, noted."
    answer_gone: str = "This can't be noted any more: what it cites has been removed."

    # The documents
    add_files: str = "Add files"
    or_a_folder: str = "here, or the folder with your documents, then load this page again:"
    or_drop: str = "or drop them here"
    files_added: str = "Files being added"
    for_everybody_too: str = "for everybody, not only me"
    file_waiting: str = "Waiting"
    file_sending: str = "Sending …"
    file_reading: str = "Reading …"
    file_done: str = "Added"
    file_too_large: str = "is larger than {} MiB; split it"
    file_unknown: str = "is of a kind that can't be read"
    connection_lost: str = "The connection was lost; please try again"
    filter: str = "Filter by name"
    filter_long: str = "Filter the list of documents by name"
    none_named: str = "No document has that in its name"
    tick: str = "Ask"
    tick_all: str = "all"
    tick_none: str = "none"
    tick_document: str = "Ask {}"
    asking: str = "Asking {chosen} of {total} documents"
    ask_all_again: str = "Ask all documents again"
    only_you: str = "only you see it"
    details: str = "Details"
    details_of: str = "Details of {}"
    file: str = "File"
    format: str = "Format"
    pages_head: str = "Pages"
    characters_head: str = "Characters"
    passages_head: str = "Passages"
    author: str = "Author"
    dated: str = "Dated"
    added: str = "Added"
    uploaded: str = "Uploaded"
    for_you_only: str = "for you only"
    for_everybody: str = "for everybody"
    remove: str = "Remove"
    remove_document: str = "Remove {}"
    sure: str = "Remove the file and its words for good?"
    yes_remove: str = "Yes, remove"
    no_keep: str = "No, keep"

    # The panel and a source
    documents_head: str = "Documents"
    more_documents: Counted = ("and {} more document", "and {} more documents")
    pages: Counted = ("{} page", "{} pages")
    characters: Counted = ("{} character", "{} characters")
    back: str = "Back to the conversation"
    begins_earlier: str = "… the document begins earlier"
    goes_on: str = "the document goes on …"
    page_mark: str = "Page {}"
    cannot_show: str = "This can't be shown"
    removed: str = "This document isn't in the collection (any more)."
    changed: str = (
        "This document has changed since it was cited, so the cited words aren't marked. "
        "This is what it says now."
    )
    pages_unseen: str = (
        "The pages can't be shown: the file has changed since it was read, or can't be opened or "
        "drawn. This is the text as it was read."
    )
    as_page: str = "Page"
    as_text: str = "Text"
    shown_as: str = "Shown as"
    previous_page: str = "Previous page"
    next_page: str = "Next page"
    page_of: str = "page {page} of {pages}"
    not_drawn: str = "This page can't be drawn. Its text can be read."
    marked: str = "Marked on this page: {}"
    copy_link: str = "Copy link"
    copied: str = "Copied"
    open_file: str = "Original file"

    # Languages, places in a document, and days
    languages: Mapping[str, str] = field(default_factory=lambda: _LANGUAGES)
    places: Mapping[str, str] = field(
        default_factory=lambda: {name: name + " {}" for name in _PLACES}
    )
    months: tuple[str, ...] = tuple(month_name[1:])
    day: str = "{day} {month} {year}"

    def count(self, counted: Counted, number: int) -> str:
        """For example "1 document", "2,067 documents"."""
        return counted[number != 1].replace("{}", f"{number:,}")

    def date(self, date: str) -> str:
        """ "2018-05-07" as "7 May 2018"."""
        year, month, day = map(int, date.split("-"))
        return self.day.format(year=year, month=self.months[month - 1], day=day)

    def place(self, name: str, value: int | str) -> str:
        """For example "page 3", "sheet Trade"."""
        return self.places.get(name, name + " {}").replace("{}", str(value))


ENGLISH = Labels()

KOREAN = Labels(
    language="ko",
    documents=("문서 {}개", "문서 {}개"),
    passages=("단락 {}개", "단락 {}개"),
    no_documents="아직 문서가 없습니다",
    menu="메뉴",
    new_conversation="새 대화",
    save_markdown="Markdown으로 저장",
    save_json="JSON으로 저장",
    how_sure="다음 경우에만 답하기",
    usual_precision="맞을 가능성이 높을 때 (기본값)",
    precision="이런 답의 {}가 맞을 때",
    nothing_to_save="아직 저장할 대화가 없습니다.",
    conversation="대화",
    reading="문서와 출처",
    nothing_yet="아직 읽을 문서가 없습니다",
    add_folder="문서가 있는 폴더를 추가한 다음 이 페이지를 새로 고치세요.",
    welcome="문서에 물어보세요",
    promise=(
        "문서에 적힌 말 그대로 답하고, 그 말이 있는 곳을 보여 드립니다. "
        "문서에 없는 내용은 없다고 알려 드립니다."
    ),
    for_example="질문 예시",
    question="질문",
    ask_a_question="질문을 입력하세요",
    ask="질문하기",
    waiting="문서를 읽고 있습니다 …",
    empty_question="질문이 비어 있습니다. 문장으로 질문해 주세요.",
    long_question="질문이 {count}자입니다. {most}자까지 읽을 수 있으니 줄여 주세요.",
    too_many="짧은 시간에 질문이 너무 많았습니다. {}초 뒤에 다시 질문해 주세요.",
    unexpected="문제가 생겼습니다. 다시 질문해 주세요. 자세한 내용은 서버 기록에 있습니다.",
    understood_as="이렇게 이해했습니다:",
    not_found="문서에 나와 있지 않습니다.",
    no_guess="이 문서들에 있는 내용으로만 답하며 추측하지 않습니다. 다른 말로 질문해 보세요.",
    unread="{} 단락은 찾을 수는 있지만 읽을 수 없어 답하지 않습니다.",
    nearest_may_hold_it="가장 가까운 곳에 답이 있을 수 있습니다.",
    this_language="이 언어",
    languages={
        "ar": "아랍어",
        "de": "독일어",
        "el": "그리스어",
        "es": "스페인어",
        "fr": "프랑스어",
        "he": "히브리어",
        "hi": "힌디어",
        "it": "이탈리아어",
        "ja": "일본어",
        "ko": "한국어",
        "nl": "네덜란드어",
        "pl": "폴란드어",
        "pt": "포르투갈어",
        "ru": "러시아어",
        "sv": "스웨덴어",
        "th": "태국어",
        "zh": "중국어",
    },
    nearest="가장 가까운 곳",
    nearest_passages="가장 가까운 단락:",
    differing="문서마다 답이 다릅니다. 출처를 보고 판단하세요",
    possibly="답일 수도 있습니다. 출처를 확인하세요",
    documents_say="문서에는 이렇게 나와 있습니다",
    others=("다른 답 후보 {}개", "다른 답 후보 {}개"),
    right=(
        "맞을 가능성이 매우 높습니다",
        "맞을 가능성이 높습니다",
        "틀릴 가능성보다 맞을 가능성이 높습니다",
        "맞을 수도 있습니다",
        "맞지 않을 가능성이 높습니다",
    ),
    answers=(
        "질문의 답일 가능성이 매우 높습니다",
        "질문의 답일 가능성이 높습니다",
        "질문의 답이 아닐 가능성보다 답일 가능성이 높습니다",
        "질문의 답일 수도 있습니다",
        "질문의 답이 아닐 가능성이 높습니다",
    ),
    percent="{}%",
    over_percent="{}% 초과",
    under_percent="{}% 미만",
    seconds="{}초",
    is_it_right="이 답이 맞습니까?",
    up="도움이 됩니다",
    down="틀립니다",
    wrong_place="출처가 틀립니다",
    no_answer="답하지 말았어야 합니다",
    correction="정답 알려 주기 …",
    right_answer="정답",
    send="보내기",
    thanks="감사합니다. 기록했습니다.",
    answer_gone="인용한 문서가 삭제되어 기록할 수 없습니다.",
    add_files="파일 추가",
    or_a_folder="하거나, 문서가 있는 폴더를 추가한 다음 이 페이지를 새로 고치세요.",
    or_drop="또는 여기에 끌어다 놓으세요",
    files_added="추가하는 파일",
    for_everybody_too="나만이 아니라 모두에게",
    file_waiting="대기 중",
    file_sending="보내는 중 …",
    file_reading="읽는 중 …",
    file_done="추가했습니다",
    file_too_large="{}MiB보다 큽니다. 나누어 주세요",
    file_unknown="읽을 수 없는 형식입니다",
    connection_lost="연결이 끊어졌습니다. 다시 시도해 주세요",
    filter="이름으로 찾기",
    filter_long="문서 목록을 이름으로 걸러 보기",
    none_named="그런 이름의 문서가 없습니다",
    tick="질문 대상",
    tick_all="모두",
    tick_none="없음",
    tick_document="{}에 질문하기",
    asking="문서 {total}개 중 {chosen}개에 질문합니다",
    ask_all_again="다시 모든 문서에 질문하기",
    only_you="나만 볼 수 있습니다",
    details="자세히",
    details_of="{} 자세히",
    file="파일",
    format="형식",
    pages_head="쪽수",
    characters_head="글자 수",
    passages_head="단락 수",
    author="지은이",
    dated="날짜",
    added="추가한 날",
    uploaded="올린 파일",
    for_you_only="나만 사용",
    for_everybody="모두 사용",
    remove="삭제",
    remove_document="{} 삭제",
    sure="파일과 그 내용을 완전히 삭제할까요?",
    yes_remove="예, 삭제합니다",
    no_keep="아니요, 둡니다",
    documents_head="문서",
    more_documents=("그 밖의 문서 {}개", "그 밖의 문서 {}개"),
    pages=("{}쪽", "{}쪽"),
    characters=("{}자", "{}자"),
    back="대화로 돌아가기",
    begins_earlier="… 앞부분 생략",
    goes_on="뒷부분 생략 …",
    page_mark="{}쪽",
    cannot_show="표시할 수 없습니다",
    removed="이 문서는 컬렉션에 없습니다. 삭제되었을 수 있습니다.",
    changed="인용한 뒤에 문서가 바뀌어 인용한 말을 표시하지 않습니다. 아래는 지금의 내용입니다.",
    pages_unseen=(
        "파일이 읽은 뒤에 바뀌었거나 열거나 그릴 수 없어 쪽을 표시할 수 없습니다. "
        "아래는 읽었을 때의 내용입니다."
    ),
    as_page="쪽",
    as_text="글",
    shown_as="보기",
    previous_page="이전 쪽",
    next_page="다음 쪽",
    page_of="{pages}쪽 중 {page}쪽",
    not_drawn="이 쪽은 그릴 수 없습니다. 글로 볼 수 있습니다.",
    marked="이 쪽에 표시한 말: {}",
    copy_link="링크 복사",
    copied="복사했습니다",
    open_file="원본 파일",
    places={
        "page": "{}쪽",
        "slide": "슬라이드 {}",
        "sheet": "시트 {}",
        "cell": "셀 {}",
        "row": "{}행",
        "column": "{}열",
        "table": "표 {}",
        "chapter": "장 {}",
        "header": "머리글 {}",
        "item": "항목 {}",
        "line": "{}줄",
    },
    months=tuple(map(str, range(1, 13))),
    day="{year}년 {month}월 {day}일",
)

LANGUAGES = {labels.language: labels for labels in (ENGLISH, KOREAN)}


def labels_for(wanted: str | None, accept_language: str) -> Labels:
    """The labels in the language wanted, else the one that the browser prefers (RFC 9110, 12.5.4).

    English where neither is known.
    """
    if wanted in LANGUAGES:
        return LANGUAGES[wanted]
    preferred = [
        (_weight(weight), tag.strip().lower().partition("-")[0])
        for tag, _, weight in (part.partition(";") for part in accept_language[:1000].split(","))
    ]
    known = [(weight, tag) for weight, tag in preferred if weight > 0 and tag in LANGUAGES]
    return LANGUAGES[max(known, key=lambda pair: pair[0])[1]] if known else ENGLISH


def _weight(text: str) -> float:
    """Of "q=0.8"; 1 where it is left out, 0 where it is no number."""
    number = text.strip().lower().removeprefix("q=")
    try:
        return float(number or 1)
    except ValueError:
        return 0.0
