/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenario files as lines, and lines as words. Each error names file, line and word.
 */
#include "scenario/line.h"

#include <string.h>

#define MAX_FILE_SIZE (64 * 1024 * 1024)

G_DEFINE_QUARK(scenario - error - quark, scenario_error)

/* ---- text to words */

static void
line_free(ScenarioLine *line)
{
    g_free(line->text);
    g_strfreev(line->words);
    g_free(line);
}

/* Blanks separate words; "..." makes one word, and # begins a comment. */
static GStrv
split(const char *text, gboolean *closed)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autoptr(GString) word = g_string_new(NULL);
    gboolean inside = FALSE, quoted = FALSE;

    for (const char *c = text;; c++) {
        if (*c != '\0' && (quoted ? *c != '"' : !g_ascii_isspace(*c) && *c != '"' && *c != '#')) {
            g_string_append_c(word, *c);
            inside = TRUE;
            continue;
        }
        if (*c == '"') {
            quoted = !quoted;
            inside = TRUE;
            continue;
        }
        if (*c == '#' && inside) {
            g_string_append_c(word, *c);
            continue;
        }
        if (inside)
            g_strv_builder_add(builder, word->str);
        g_string_truncate(word, 0);
        inside = FALSE;
        if (*c == '\0' || *c == '#')
            break;
    }
    *closed = !quoted;
    return g_strv_builder_end(builder);
}

static char *
load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    if (length > MAX_FILE_SIZE || memchr(text, '\0', length) ||
        !g_utf8_validate(text, (gssize) length, NULL)) {
        g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_FILE,
                    "%s is not a scenario: they are UTF-8 text below 64 MiB", path);
        return NULL;
    }
    return g_steal_pointer(&text);
}

static gboolean add_lines(ScenarioText *self, const char *path, const char *text, GError **error);

/* In the folder of the including file, or in ../networks. NULL: in neither. To be freed. */
static char *
find_included(const char *path, const char *name)
{
    static const char *const folders[] = {".", "../networks"};
    g_autofree char *folder = g_path_get_dirname(path);

    for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *other = g_build_filename(folder, folders[i], name, NULL);
        if (g_file_test(other, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&other);
    }
    return NULL;
}

/* include FILE: inserts the lines of the file. */
static gboolean
include(ScenarioText *self, ScenarioLine *line, const char *path, GError **error)
{
    const char *right = "one file beside this one or in ../networks, and no more than 10 in all";
    g_autofree char *other = NULL, *text = NULL;

    line->at = 1;
    if (!line->words[1] || line->words[2] || self->files->len > 10)
        return scenario_line_fail(line, line->words[1], right, error);
    other = find_included(path, line->words[1]);
    if (!other)
        return scenario_line_fail(line, line->words[1], right, error);
    text = load(other, error);
    return text && add_lines(self, other, text, error);
}

static gboolean
add_lines(ScenarioText *self, const char *path, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    const char *file = g_strdup(path);

    g_ptr_array_add(self->files, (gpointer) file);
    for (guint i = 0; lines[i]; i++) {
        ScenarioLine *line = g_new0(ScenarioLine, 1);
        gboolean closed;

        line->file = file;
        line->number = i + 1;
        line->text = g_strdup(g_strstrip(lines[i]));
        line->words = split(line->text, &closed);
        g_ptr_array_add(self->lines, line);
        if (!closed)
            return scenario_line_fail(line, "\"", "a closing quotation mark", error);
        if (!line->words[0]) {
            g_ptr_array_remove_index(self->lines, self->lines->len - 1);
        } else if (g_str_equal(line->words[0], "include")) {
            if (!include(self, line, path, error))
                return FALSE;
        } else if (g_str_equal(line->words[0], "title") && !self->title) {
            self->title = g_strjoinv(" ", line->words + 1);
        }
    }
    return TRUE;
}

ScenarioText *
scenario_text_parse(const char *name, const char *text, GError **error)
{
    g_autoptr(ScenarioText) self = g_new0(ScenarioText, 1);

    self->file = g_strdup(name);
    self->files = g_ptr_array_new_with_free_func(g_free);
    self->lines = g_ptr_array_new_with_free_func((GDestroyNotify) line_free);
    if (!add_lines(self, name, text, error))
        return NULL;
    return g_steal_pointer(&self);
}

ScenarioText *
scenario_text_load(const char *path, GError **error)
{
    g_autofree char *text = load(path, error);

    return text ? scenario_text_parse(path, text, error) : NULL;
}

void
scenario_text_free(ScenarioText *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->lines);
    g_ptr_array_unref(self->files);
    g_free(self->title);
    g_free(self->file);
    g_free(self);
}

/* ---- words to values */

gboolean
scenario_line_fail(const ScenarioLine *self, const char *word, const char *right, GError **error)
{
    if (word)
        g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_SYNTAX, "%s:%u: at \"%s\": wanted %s",
                    self->file, self->number, word, right);
    else
        g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_SYNTAX,
                    "%s:%u: at the end of the line: wanted %s", self->file, self->number, right);
    return FALSE;
}

const char *
scenario_line_peek(const ScenarioLine *self)
{
    return self->words[self->at];
}

const char *
scenario_line_take(ScenarioLine *self, const char *wanted, GError **error)
{
    if (!self->words[self->at]) {
        scenario_line_fail(self, NULL, wanted, error);
        return NULL;
    }
    return self->words[self->at++];
}

gboolean
scenario_line_take_if(ScenarioLine *self, const char *word)
{
    if (g_strcmp0(self->words[self->at], word) != 0)
        return FALSE;
    self->at++;
    return TRUE;
}

gboolean
scenario_line_take_word(ScenarioLine *self, const char *word, GError **error)
{
    g_autofree char *wanted = g_strdup_printf("the word \"%s\"", word);

    return scenario_line_take_if(self, word) ||
           scenario_line_fail(self, scenario_line_peek(self), wanted, error);
}

gboolean
scenario_line_is_over(const ScenarioLine *self, GError **error)
{
    const char *word = scenario_line_peek(self);

    return !word || scenario_line_fail(self, word, "nothing more on this line", error);
}

gboolean
scenario_parse_duration(const char *text, gint64 *duration)
{
    static const struct {
        const char *unit;
        double us;
    } units[] = {{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {"m", 60e6}, {"h", 3600e6}, {"d", 86400e6}};
    double total = 0;

    if (*text == '\0')
        return FALSE;
    while (*text) {
        char *end;
        double number = g_ascii_isdigit(*text) ? g_ascii_strtod(text, &end) : -1;
        guint i = 0;

        if (number < 0)
            return FALSE;
        while (i < G_N_ELEMENTS(units) && !(g_str_has_prefix(end, units[i].unit) &&
                                            !g_ascii_isalpha(end[strlen(units[i].unit)])))
            i++;
        if (i == G_N_ELEMENTS(units))
            return FALSE;
        total += number * units[i].us;
        text = end + strlen(units[i].unit);
    }
    if (total > 1e15)
        return FALSE;
    *duration = (gint64) (total + 0.5);
    return TRUE;
}

gboolean
scenario_line_take_duration(ScenarioLine *self, gint64 *duration, GError **error)
{
    const char *right = "a time like 20ms, 2.5s, 1m30s or 1h";
    const char *word = scenario_line_take(self, right, error);

    return word && (scenario_parse_duration(word, duration) ||
                    scenario_line_fail(self, word, right, error));
}

gboolean
scenario_line_take_number(ScenarioLine *self, guint64 maximum, guint64 *number, GError **error)
{
    g_autofree char *right = g_strdup_printf("a number from 0 to %" G_GUINT64_FORMAT, maximum);
    const char *word = scenario_line_take(self, right, error);

    return word && (g_ascii_string_to_unsigned(word, 10, 0, maximum, number, NULL) ||
                    scenario_line_fail(self, word, right, error));
}

gboolean
scenario_line_take_percent(ScenarioLine *self, double *probability, GError **error)
{
    const char *right = "a share like 5% or 0.5%";
    const char *word = scenario_line_take(self, right, error);
    double number;
    char *end;

    if (!word)
        return FALSE;
    number = g_ascii_isdigit(*word) ? g_ascii_strtod(word, &end) : -1;
    if (number < 0 || number > 100 || !g_str_equal(end, "%"))
        return scenario_line_fail(self, word, right, error);
    *probability = number / 100;
    return TRUE;
}

gboolean
scenario_line_take_endpoint(ScenarioLine *self, WlEndpoint *endpoint, GError **error)
{
    const char *right = "an address and port like 192.0.2.1:51820 or [2001:db8::1]:51820";
    const char *word = scenario_line_take(self, right, error);

    return word &&
           (wl_endpoint_parse(word, endpoint) || scenario_line_fail(self, word, right, error));
}

gboolean
scenario_line_take_ip(ScenarioLine *self, WlIp *ip, GError **error)
{
    const char *right = "an address like 192.0.2.1 or 2001:db8::1";
    const char *word = scenario_line_take(self, right, error);

    return word && (wl_ip_parse(word, ip) || scenario_line_fail(self, word, right, error));
}

gboolean
scenario_line_take_trust(ScenarioLine *self, gboolean or_none, WlTrust *trust, GError **error)
{
    const char *right = or_none
                            ? "Untrusted, Endpoint, AllowedIPs, Membership, DelegateTrust or none"
                            : "Untrusted, Endpoint, AllowedIPs, Membership or DelegateTrust";
    const char *word = scenario_line_take(self, right, error);

    if (!word)
        return FALSE;
    *trust = WL_TRUST_UNSET;
    if (or_none && g_str_equal(word, "none"))
        return TRUE;
    for (WlTrust level = WL_TRUST_UNTRUSTED; level <= WL_TRUST_DELEGATE; level++) {
        if (g_str_equal(word, wl_trust_to_string(level))) {
            *trust = level;
            return TRUE;
        }
    }
    return scenario_line_fail(self, word, right, error);
}

GArray *
scenario_line_take_prefixes(ScenarioLine *self, guint least, GError **error)
{
    g_autoptr(GArray) prefixes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    WlPrefix prefix;

    while (scenario_line_peek(self) && wl_prefix_parse(scenario_line_peek(self), &prefix)) {
        g_array_append_val(prefixes, prefix);
        self->at++;
    }
    if (prefixes->len < least) {
        scenario_line_fail(self, scenario_line_peek(self),
                           "an address or prefix like 10.77.0.2/24 or fd77::/64", error);
        return NULL;
    }
    return g_steal_pointer(&prefixes);
}
