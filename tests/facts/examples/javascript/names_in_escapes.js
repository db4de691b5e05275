// expect: reflected-builtin | source: T1027.010
var words = ["\x63\x68\x69\x6c\x64\x5f\x70\x72\x6f\x63\x65\x73\x73", "\x65\x78\x65\x63"];
require(words[0])[words[1]]("id");
