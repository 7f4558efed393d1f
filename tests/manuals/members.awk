# The members of each struct *_options and *_info. A member is the name that a
# semicolon follows, or a bracket, or that stands in (*name)(.
/^struct disruptor_[a-z_]*_?(options|info) \{/ { inside = 1; next }
/^}/ { inside = 0 }
!inside { next }
{
	gsub(/\/\*([^*]|\*[^\/])*\*\//, "")
	if (comment && !sub(/.*\*\//, ""))
		next
	comment = sub(/\/\*.*/, "")
	text = text " " $0
	while ((end = index(text, ";")) > 0) {
		member(substr(text, 1, end - 1))
		text = substr(text, end + 1)
	}
}
function member(t,	names, i, n)
{
	if (match(t, /\(\*[a-z_]+\)/)) {
		print substr(t, RSTART + 2, RLENGTH - 3)
		return
	}
	n = split(t, names, ",")
	for (i = 1; i <= n; i++) {
		sub(/\[.*/, "", names[i])
		sub(/.*[ *\t]/, "", names[i])
		print names[i]
	}
}
