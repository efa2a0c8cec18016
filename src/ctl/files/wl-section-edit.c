/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes one section of the text of a .wirelink file. The text was parsed before, so it is well
 * formed; only sections and keys are looked for.
 */
#include "wl-section-edit.h"

#include <string.h>

#include "wl-profile-text.h"

typedef struct {
    const char *begin, *end; /* @end: the next section, or the end of the text */
} Section;

static const char *
next_line(const char *line)
{
    const char *eol = strchr(line, '\n');

    return eol ? eol + 1 : line + strlen(line);
}

static const char *
skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static gboolean
is_header(const char *line, const char *name)
{
    const char *at = skip_blanks(line);

    return *at == '[' && (!name || (g_ascii_strncasecmp(at + 1, name, strlen(name)) == 0 &&
                                    at[1 + strlen(name)] == ']'));
}

/* The value of the line if it is one of @key, to be freed; else NULL. */
static char *
value_of(const char *line, const char *key)
{
    const char *at = skip_blanks(line);
    const char *value;

    if (g_ascii_strncasecmp(at, key, strlen(key)) != 0)
        return NULL;
    value = skip_blanks(at + strlen(key));
    if (*value != '=')
        return NULL;
    value++;
    return g_strstrip(g_strndup(value, strcspn(value, "#\r\n")));
}

static gboolean
has_value(const Section *section, const char *key, const char *wanted)
{
    for (const char *line = next_line(section->begin); line < section->end;
         line = next_line(line)) {
        g_autofree char *value = value_of(line, key);

        if (value && strcmp(value, wanted) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
find(const char *text, const char *public_key, Section *section)
{
    const char *line = text;

    while (*line) {
        if (!is_header(line, public_key ? "Peer" : "Wirelink")) {
            line = next_line(line);
            continue;
        }
        section->begin = line;
        for (line = next_line(line); *line && !is_header(line, NULL); line = next_line(line))
            ;
        section->end = line;
        if (!public_key || has_value(section, "PublicKey", public_key))
            return TRUE;
    }
    return FALSE;
}

/* @text with @middle in place of the part from @begin to @end. */
static char *
replace(const char *text, const char *begin, const char *end, const char *middle)
{
    char *before = g_strndup(text, (gsize) (begin - text));
    char *whole = g_strconcat(before, middle, end, NULL);

    wl_profile_wipe_free(before); /* keys may be in it */
    return whole;
}

char *
wl_section_edit_remove(const char *text, const char *public_key)
{
    Section section;

    return find(text, public_key, &section) ? replace(text, section.begin, section.end, "") : NULL;
}

static char *
drop_lines(const char *text, const char *public_key, const char *key)
{
    char *left = g_strdup(text);
    gboolean found = TRUE;

    while (found) {
        Section section;

        found = FALSE;
        if (!find(left, public_key, &section))
            break;
        for (const char *line = next_line(section.begin); line < section.end && !found;
             line = next_line(line)) {
            g_autofree char *value = value_of(line, key);
            char *without;

            if (!value)
                continue;
            without = replace(left, line, next_line(line), "");
            wl_profile_wipe_free(left);
            left = without;
            found = TRUE;
            break;
        }
    }
    return left;
}

char *
wl_section_edit_set(const char *text, const char *public_key, const char *key,
                    const char *const *values)
{
    char *left = drop_lines(text, public_key, key);
    g_autoptr(GString) lines = g_string_new(NULL);
    Section section;
    const char *at;
    char *whole = NULL;

    if (find(left, public_key, &section)) {
        at = next_line(section.begin);
        if (at[-1] != '\n')
            g_string_append_c(lines, '\n');
        for (guint i = 0; values[i]; i++)
            g_string_append_printf(lines, "%s = %s\n", key, values[i]);
        whole = replace(left, at, at, lines->str);
    }
    wl_profile_wipe_free(left);
    return whole;
}
