import { language } from ".";

/** The words inside the code editor's own parts, keyed as CodeMirror asks for them; English ones need no catalogue. */
const KOREAN: Readonly<Record<string, string>> = {
  "Fold line": "줄 접기",
  "Unfold line": "줄 펼치기",
  "Folded lines": "접은 줄",
  "Unfolded lines": "펼친 줄",
  to: "~",
  "folded code": "접은 코드",
  unfold: "펼치기",
  "Go to line": "줄로 이동",
  go: "이동",
  Find: "찾기",
  Replace: "바꾸기",
  next: "다음",
  previous: "이전",
  all: "모두",
  "match case": "대소문자 구분",
  regexp: "정규식",
  "by word": "단어 단위",
  replace: "바꾸기",
  "replace all": "모두 바꾸기",
  close: "닫기",
  "current match": "현재 일치 항목",
  "on line": "줄:",
  "replaced match on line $": "$번째 줄에서 바꿈",
  "replaced $ matches": "$개를 바꿈",
  Diagnostics: "문제",
  "No diagnostics": "문제 없음",
  Completions: "제안",
  "Control character": "제어 문자",
  "Selection deleted": "선택 영역 삭제됨",
  "$ unchanged lines": "바뀌지 않은 $줄",
};

export const EDITOR_WORDS: Readonly<Record<string, string>> = language === "ko" ? KOREAN : {};
