# The displays of a page's EXAMPLES, to dir/exampleN.c. One that includes
# nothing is the inside of a function that has what examples speak of.
function finish()
{
	file = dir "/example" ++number ".c"
	if (text !~ /#include/)
		text = "#include <disruptor/disruptor.h>\n#include <errno.h>\n" \
			"#include <stdio.h>\n#include <stdlib.h>\n" \
			"#include <string.h>\nstruct tick { double price; };\n" \
			"void example(struct disruptor *, " \
			"struct disruptor_producer *, " \
			"struct disruptor_poller *);\n" \
			"void example(struct disruptor *d, " \
			"struct disruptor_producer *producer, " \
			"struct disruptor_poller *poller)\n{\n" text "}\n"
	printf "%s", text >file
	close(file)
	text = ""
}
/^\.Sh/ { inside = $2 == "EXAMPLES" }
/^\.Ed/ && display { finish(); display = 0 }
display {
	gsub(/\\e/, "\\")
	gsub(/\\&/, "")
	text = text $0 "\n"
}
/^\.Bd -literal/ && inside { display = 1 }
