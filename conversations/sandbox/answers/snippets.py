"""The same small program in many languages: the most frequent words of a text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """`fence` is the info string of the code block; `pattern` finds the language in a prompt."""

    label: str
    fence: str
    pattern: str
    source: str


PYTHON = Snippet(
    "Python",
    "python",
    r"\bpython\b|\bdjango\b",
    '''\
import re
from collections import Counter


def most_frequent(text: str, count: int = 3) -> list[tuple[str, int]]:
    """The words that occur most often, with how often they do."""
    words = re.findall(r"\\w+", text.lower())
    return Counter(words).most_common(count)


if __name__ == "__main__":
    for word, times in most_frequent("the cat and the hat and the bat"):
        print(f"{times} × {word}")
''',
)

SNIPPETS = (
    Snippet(
        "TypeScript",
        "typescript",
        r"\btypescript\b|\bts\b",
        """\
function mostFrequent(text: string, count = 3): [string, number][] {
  const times = new Map<string, number>();
  for (const word of text.toLowerCase().match(/\\p{L}+/gu) ?? []) {
    times.set(word, (times.get(word) ?? 0) + 1);
  }
  return [...times].sort((a, b) => b[1] - a[1]).slice(0, count);
}

console.log(mostFrequent("the cat and the hat and the bat"));
""",
    ),
    Snippet(
        "JavaScript",
        "javascript",
        r"\bjavascript\b|\bjs\b|\bnode(\.js)?\b",
        """\
function mostFrequent(text, count = 3) {
  const times = new Map();
  for (const word of text.toLowerCase().match(/\\p{L}+/gu) ?? []) {
    times.set(word, (times.get(word) ?? 0) + 1);
  }
  return [...times].sort((a, b) => b[1] - a[1]).slice(0, count);
}

console.log(mostFrequent("the cat and the hat and the bat"));
""",
    ),
    Snippet(
        "Go",
        "go",
        r"\bgo\b|\bgolang\b",
        """\
package main

import (
	"fmt"
	"sort"
	"strings"
)

func mostFrequent(text string, count int) []string {
	times := map[string]int{}
	for _, word := range strings.Fields(strings.ToLower(text)) {
		times[word]++
	}
	words := make([]string, 0, len(times))
	for word := range times {
		words = append(words, word)
	}
	sort.Slice(words, func(i, j int) bool { return times[words[i]] > times[words[j]] })
	return words[:min(count, len(words))]
}

func main() {
	fmt.Println(mostFrequent("the cat and the hat and the bat", 2))
}
""",
    ),
    Snippet(
        "Rust",
        "rust",
        r"\brust\b",
        """\
use std::collections::HashMap;

fn most_frequent(text: &str, count: usize) -> Vec<(String, usize)> {
    let mut times: HashMap<String, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *times.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut words: Vec<_> = times.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1));
    words.truncate(count);
    words
}

fn main() {
    println!("{:?}", most_frequent("the cat and the hat and the bat", 2));
}
""",
    ),
    Snippet(
        "Java",
        "java",
        r"\bjava\b",
        """\
import java.util.*;
import java.util.stream.*;

class MostFrequent {
    static Map<String, Long> count(String text) {
        return Arrays.stream(text.toLowerCase().split("\\\\W+"))
            .collect(Collectors.groupingBy(word -> word, TreeMap::new, Collectors.counting()));
    }

    public static void main(String[] args) {
        System.out.println(count("the cat and the hat and the bat"));
    }
}
""",
    ),
    Snippet(
        "C++",
        "cpp",
        r"c\+\+|\bcpp\b",
        """\
#include <iostream>
#include <map>
#include <sstream>
#include <string>

int main() {
    std::istringstream text("the cat and the hat and the bat");
    std::map<std::string, int> times;
    for (std::string word; text >> word;) ++times[word];
    for (const auto& [word, count] : times) std::cout << count << " x " << word << '\\n';
}
""",
    ),
    Snippet(
        "SQL",
        "sql",
        r"\bsql\b|\bsqlite\b|\bpostgres(ql)?\b|数据库",
        """\
SELECT word, COUNT(*) AS times
FROM words
WHERE length(word) > 2
GROUP BY word
HAVING COUNT(*) > 1
ORDER BY times DESC, word
LIMIT 3;
""",
    ),
    Snippet(
        "Bash",
        "bash",
        r"\bbash\b|\bshell\b|\bawk\b|脚本",
        """\
#!/usr/bin/env bash
# The three most frequent words of a file, or of standard input.
set -euo pipefail

tr -cs '[:alpha:]' '\\n' < "${1:-/dev/stdin}" |
  tr '[:upper:]' '[:lower:]' |
  sort | uniq -c | sort -rn | head -n 3
""",
    ),
    Snippet(
        "HTML",
        "html",
        r"\bhtml\b|\bweb ?page\b|网页",
        """\
<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Word counter</title>
  <label>Text <textarea id="text" rows="6"></textarea></label>
  <p><output id="count">0</output> words</p>
  <script>
    text.oninput = () => { count.value = (text.value.match(/\\S+/g) ?? []).length; };
  </script>
</html>
""",
    ),
)
