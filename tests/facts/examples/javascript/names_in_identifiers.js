// expect: decoded-code-run | source: T1027.010
\u0065val(atob("Y29uc29sZS5sb2coMSk="));
