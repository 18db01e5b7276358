"""The proof of the wall: the look-ups of a search, which run as a role that sees no text."""

SEARCH = "frontdesk_search"
SEARCHED: dict[str, frozenset[str]] = {
    "search_entries": frozenset(["hotel_id", "id", "kind", "parent_id", "status", "at", "words"]),
    "search_words": frozenset(["hotel_id", "word", "slips"]),
}
"""The tables that it reads past the policies, each look-up binding the hotel itself."""
PLACED: dict[str, frozenset[str]] = {
    "conversations": frozenset(["hotel_id", "id", "department_id"]),
}
"""What it reads within the guard: whose department a message's chat is of."""
MOMENT = "timestamp with time zone"
LOOKUPS = {
    "search_like(text,integer)": (
        "SELECT w.word FROM public.search_words w WHERE w.hotel_id = "
        "public.get_current_tenant_id() AND w.word OPERATOR(public.%) wanted ORDER BY "
        "public.similarity(w.word, wanted) DESC, w.word LIMIT most"
    ),
    "search_near(text,integer)": (
        "DECLARE mine constant uuid := public.get_current_tenant_id(); cut bigint[] := "
        "public.search_slips(mine, wanted); near text[]; BEGIN FOR pass IN 1 .. 2 LOOP near := "
        "ARRAY( SELECT w.word FROM (SELECT n.hotel_id, n.word FROM public.search_words n WHERE "
        "n.slips && cut OFFSET 0) w WHERE w.hotel_id = mine ORDER BY "
        "public.similarity(w.word, wanted) DESC, w.word LIMIT most); EXIT WHEN NOT near <@ "
        "ARRAY[wanted]; cut := cut || hashtextextended( '~' || public.search_bones(wanted), "
        "hashtextextended(mine::text, 0)); END LOOP; RETURN near; END"
    ),
    "search_says(text)": (
        "SELECT EXISTS ( SELECT FROM public.search_entries e WHERE e.hotel_id = "
        "public.get_current_tenant_id() AND e.kind <> 'messages' AND e.words @@ "
        "plainto_tsquery('simple', wanted)) OR EXISTS ( SELECT FROM public.search_entries e "
        "WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind = 'messages' AND e.words "
        "@@ plainto_tsquery('simple', wanted))"
    ),
    f"search_things(tsquery,tsquery,text[],text,{MOMENT},{MOMENT},integer)": (
        "BEGIN RETURN QUERY SELECT e.id, e.kind::text, (ts_rank(e.words, wanted) * "
        "1000000)::int + CASE WHEN e.words @@ whole THEN 1000000 ELSE 0 END, e.at FROM "
        "public.search_entries e WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind "
        "<> 'messages' AND e.kind = ANY (kinds) AND e.words @@ wanted AND (state IS NULL OR "
        "e.status = state) AND (since IS NULL OR e.at >= since) AND (until IS NULL OR e.at < "
        "until) LIMIT most; END"
    ),
    f"search_said(tsquery,tsquery,text,{MOMENT},{MOMENT},integer)": (
        "DECLARE seen constant uuid[] := string_to_array( "
        "nullif(current_setting('app.departments', true), ''), ',')::uuid[]; BEGIN RETURN QUERY "
        "SELECT e.id, e.kind::text, (ts_rank(e.words, wanted) * "
        "1000000)::int + CASE WHEN e.words @@ whole THEN 1000000 ELSE 0 END, e.at FROM "
        "public.search_entries e WHERE e.hotel_id = public.get_current_tenant_id() AND e.kind = "
        "'messages' AND e.words @@ wanted AND (state IS NULL OR e.status = state) AND (since IS "
        "NULL OR e.at >= since) AND (until IS NULL OR e.at < until) AND "
        "(seen IS NULL OR EXISTS (SELECT FROM public.conversations c WHERE c.hotel_id = "
        "e.hotel_id AND c.id = e.parent_id AND c.department_id = ANY (seen))) LIMIT most; END"
    ),
    f"search_newest(tsquery,text,{MOMENT},{MOMENT},integer,integer)": (
        "DECLARE seen constant uuid[] := string_to_array( "
        "nullif(current_setting('app.departments', true), ''), ',')::uuid[]; BEGIN RETURN QUERY "
        "SELECT n.id, n.at FROM (SELECT m.id, m.at, count(*) OVER () AS "
        "all_of_them FROM (SELECT e.id, e.at FROM public.search_entries e WHERE e.hotel_id = "
        "public.get_current_tenant_id() AND e.kind = 'messages' AND e.words @@ wanted AND (state "
        "IS NULL OR e.status = state) AND (since IS NULL OR e.at >= since) AND (until IS NULL OR "
        "e.at < until) AND "
        "(seen IS NULL OR EXISTS (SELECT FROM public.conversations c WHERE c.hotel_id = "
        "e.hotel_id AND c.id = e.parent_id AND c.department_id = ANY (seen))) LIMIT bound) m) n "
        "WHERE n.all_of_them < bound ORDER BY n.at DESC, n.id DESC LIMIT most; END"
    ),
}
"""Word for word."""
