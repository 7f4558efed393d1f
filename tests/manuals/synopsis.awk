# A page's SYNOPSIS as declarations, which the headers' must agree with.
#	.In file		include
#	.Ft type		of what follows
#	.Fn name arg ...	on one line, or
#	.Fo name, .Fa arg, .Fc	on several
# The name is put in parentheses: some are macros too. Those in capitals are
# macros alone.
function unquote(s)
{
	gsub(/"/, "", s)
	return s
}
function declare(	i, list)
{
	if (name ~ /^[A-Z]/)
		return
	for (i = 1; i <= count; i++)
		list = list (i > 1 ? ", " : "") args[i]
	print type " (" name ")(" (count ? list : "void") ");"
}
/^\.Sh/ { inside = $2 == "SYNOPSIS" }
!inside { next }
/^\.In/ { print "#include <" $2 ">" }
/^\.Ft/ { type = unquote(substr($0, 5)) }
/^\.Fn/ {
	name = $2
	count = 0
	rest = substr($0, index($0, name) + length(name))
	while (match(rest, /"[^"]*"|[^ "]+/)) {
		args[++count] = unquote(substr(rest, RSTART, RLENGTH))
		rest = substr(rest, RSTART + RLENGTH)
	}
	declare()
}
/^\.Fo/ { name = $2; count = 0; open = 1 }
/^\.Fa/ && open { args[++count] = unquote(substr($0, 5)) }
/^\.Fc/ { declare(); open = 0 }
