/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bounded list of events and its text form: lines of six fields, separated by tabs. Pure; owned
 * by the caller.
 */
#include "wl-event-list.h"

#include <string.h>

#define MAX_TEXT 255 /* bytes of a field */
#define N_FIELDS 6

static const char *const kinds[] = {
    [WL_EVENT_UP] = "up",
    [WL_EVENT_DOWN] = "down",
    [WL_EVENT_FAILED] = "failed",
    [WL_EVENT_PEER] = "peer",
    [WL_EVENT_ALTERNATES] = "alternates",
    [WL_EVENT_REMOVED] = "removed",
};

static void
event_free(WlEvent *event)
{
    g_free(event->key);
    g_free(event->name);
    g_free(event->state);
    g_free(event->text);
    g_free(event);
}

WlEventList *
wl_event_list_new(void)
{
    WlEventList *self = g_new0(WlEventList, 1);

    self->events = g_ptr_array_new_with_free_func((GDestroyNotify) event_free);
    return self;
}

void
wl_event_list_free(WlEventList *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->events);
    g_free(self);
}

const char *
wl_event_kind_to_string(WlEventKind kind)
{
    return kinds[kind];
}

/* ---- adding -------------------------------------------------------------------------------- */

/* Valid UTF-8 without control characters, which separate fields and lines. */
static char *
clean(const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : g_strdup("");
    const char *end = valid;

    while (*end && g_utf8_next_char(end) - valid <= MAX_TEXT)
        end = g_utf8_next_char(end);
    valid[end - valid] = '\0';
    for (char *at = valid; *at; at++) {
        if ((guchar) *at < 0x20 || *at == 0x7f)
            *at = ' ';
    }
    return g_steal_pointer(&valid);
}

static void
displace_one(WlEventList *self)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    const WlEvent *victim = NULL;
    guint place = 0, most = 0;

    for (guint i = 0; i < self->events->len; i++) {
        const WlEvent *event = self->events->pdata[i];
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, event->key)) + 1;

        g_hash_table_insert(counts, event->key, GUINT_TO_POINTER(n));
    }
    for (guint i = 0; i < self->events->len; i++) {
        const WlEvent *event = self->events->pdata[i];
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, event->key));

        if (!victim || n > most) {
            victim = event;
            place = i;
            most = n;
        }
    }
    g_ptr_array_remove_index(self->events, place);
}

void
wl_event_list_add(WlEventList *self, const WlEvent *event)
{
    WlEvent *copy = g_new0(WlEvent, 1);

    copy->time = event->time;
    copy->kind = event->kind;
    copy->key = clean(event->key);
    copy->name = clean(event->name);
    copy->state = clean(event->state);
    copy->text = clean(event->text);
    if (self->events->len >= WL_EVENT_LIST_MAX)
        displace_one(self);
    g_ptr_array_add(self->events, copy);
}

/* ---- text ---------------------------------------------------------------------------------- */

char *
wl_event_list_to_text(const WlEventList *self)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < self->events->len; i++) {
        const WlEvent *event = self->events->pdata[i];

        g_string_append_printf(text, "%" G_GINT64_FORMAT "\t%s\t%s\t%s\t%s\t%s\n", event->time,
                               kinds[event->kind], event->key, event->name, event->state,
                               event->text);
    }
    return g_string_free(text, FALSE);
}

static gboolean
parse_kind(const char *text, WlEventKind *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(text, kinds[i]) == 0) {
            *kind = i;
            return TRUE;
        }
    }
    return FALSE;
}

static void
parse_line(WlEventList *self, const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, "\t", N_FIELDS);
    WlEvent event = {0};

    if (g_strv_length(fields) != N_FIELDS || !parse_kind(fields[1], &event.kind) ||
        !g_ascii_string_to_signed(fields[0], 10, 0, G_MAXINT64, &event.time, NULL))
        return;
    event.key = fields[2];
    event.name = fields[3];
    event.state = fields[4];
    event.text = fields[5];
    wl_event_list_add(self, &event);
}

void
wl_event_list_parse(WlEventList *self, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i]; i++)
        parse_line(self, lines[i]);
}
