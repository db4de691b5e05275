// expect: hidden-code, decoded-code-run | source: T1027, GlassWorm of October 2025
const read = (text) => [...text].map((each) => each.codePointAt(0)).map((each) => (each >= 0xe0100 ? each - 0xe0100 + 16 : each - 0xfe00));
eval(Buffer.from(read("󠅓󠅟󠅞󠅣󠅟󠅜󠅕󠄞󠅜󠅟󠅗󠄘󠄒󠅣󠅕󠅕󠅞󠄒󠄙")).toString("utf-8"));
