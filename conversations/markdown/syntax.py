"""How comments, strings and names look in programming languages: patterns that `languages.toml` refers to by name.

What a pattern repeats it never gives back (`*+`, `++`), and none begins within what another try has read: hostile
code costs no more than other code.
"""

_DOUBLE = r'"(?:[^"\\\n]|\\.)*+"?'
_SINGLE = r"'(?:[^'\\\n]|\\.)*+'?"
_TRIPLE = r'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?' + r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?"

PATTERNS = {
    "comment_hash": r"#[^\n]*+",
    "comment_slashes": r"//[^\n]*+",
    "comment_dashes": r"--[^\n]*+",
    "comment_percent": r"%[^\n]*+",
    "comment_semicolon": r";[^\n]*+",
    "comment_block": r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?",
    "comment_shell": r"(?<![^\s;&|(])#[^\n]*+",
    "comment_angle": r"<!--(?:[^-]|-(?!->))*+(?:-->)?",
    "comment_lisp": r"#\|(?:[^|]|\|(?!#))*+(?:\|#)?",
    "comment_lua": r"--\[\[(?:[^\]]|\](?!\]))*+(?:\]\])?",
    "comment_haskell": r"\{-(?:[^-]|-(?!\}))*+(?:-\})?",
    "comment_latex": r"(?<!\\)%[^\n]*+",
    "comment_ini": r"(?m:^)[ \t]*+[;#][^\n]*+",
    "comment_semicolon_line": r"(?m:^)[ \t]*+;[^\n]*+",
    "string_triple": _TRIPLE,
    "string_python": rf"(?<!\w)[rbfuRBFU]{{0,2}}(?:{_TRIPLE}|{_DOUBLE}|{_SINGLE})",
    "string_double": _DOUBLE,
    "string_attribute": r"(?<==)'(?:[^'\\\n]|\\.)*+'?",
    "string_matlab": r"(?<![\w\])}.'])'(?:[^'\\\n]|\\.)*+'?",
    "string_yaml": r"(?<![\w])'(?:[^'\\\n]|\\.)*+'?",
    "character": r"'(?:[^'\\\n]|\\[^\n]{1,8}?)'",
    "string_single": _SINGLE,
    "string_template": r"`(?:[^`\\]|\\.)*+`?",
    "string_sql": r"'(?:[^']|'')*+'?",
    "section": r"(?m:^)[ \t]*+\[[^\]\n]*+\]",
    "key_equals": r"(?m:^)[ \t]*+[\w.-]++(?=[ \t]*+=)",
    "decorator": r"(?<!\w)@[\w.]++",
    "preprocessor": r"(?m:^)[ \t]*+#[ \t]*+[a-z]++",
    "variable": r"\$(?:\w++|\{[^{}\n]{0,80}+\})",
    "csharp_attribute": r"(?m:^)[ \t]*+\[\w++",
    "css_rule": r"@[\w-]++",
    "css_property": r"(?<![\w-])[\w-]++(?=[ \t]*+:[ \t])",
    "instruction": r"(?m:^)[A-Z]{3,}+(?=[ \t])",
    "at_word": r"@\w++",
    "tag": r"</?[\w:.-]++|<![A-Za-z]++",
    "attribute": r"""(?<![\w:@.-])[\w:@.-]++(?==["'{])""",
    "json_key": r'"(?:[^"\\\n]|\\.)*+"(?=\s*+:)',
    "latex_command": r"\\(?:[A-Za-z@]++\*?|[^A-Za-z\s])",
    "make_target": r"(?m:^)[\w./%-]++(?=[ \t]*+:)",
    "make_variable": r"\$[({][^(){}\n]{0,80}+[)}]",
    "directive": r"(?m:^)[ \t]*+[a-z_]++(?=[ \t{;])",
    "dollar_word": r"\$\w++",
    "perl_variable": r"[$@%]\w++",
    "php_tag": r"<\?(?:php|=)?|\?>",
    "powershell_variable": r"\$[\w:]++",
    "python_decorator": r"(?m:^)[ \t]*+@[\w.]++",
    "ruby_symbol": r"(?<![\w:]):\w++",
    "ruby_variable": r"@{1,2}\w++",
    "rust_attribute": r"#!?\[[^\[\]\n]{0,200}+\]",
    "swift_attribute": r"[@#][A-Za-z]\w*+",
    "hcl_key": r"(?m:^)[ \t]*+[\w-]++(?=[ \t]*+=)",
    "yaml_document": r"(?m:^)---(?=\s)",
    "yaml_key": r"(?m:^)[ \t-]*+[\w./-]++(?=:(?:\s|\Z))",
}
"""By name. A comment or string without its end goes on to the end of the line or the source."""
