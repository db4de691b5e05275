// expect: decoded-code-run | source: T1027
Reflect.apply(eval, null, [atob("Y29uc29sZS5sb2coMSk=")]);
