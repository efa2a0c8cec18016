/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's check of how the last activation of a profile ended, from the events that its
 * service recorded.
 */
#include "wl-check-last.h"

#include "wl-display.h"
#include "wl-past-events.h"

#define MAX_REASON 300   /* columns */
#define DAY        86400 /* s */

const WlEvent *
wl_check_last_find_failure(const WlEventList *list)
{
    for (guint i = list->events->len; i > 0; i--) {
        const WlEvent *event = list->events->pdata[i - 1];

        if (event->kind == WL_EVENT_FAILED)
            return event;
        if (event->kind == WL_EVENT_UP || event->kind == WL_EVENT_DOWN)
            return NULL;
    }
    return NULL;
}

void
wl_check_last_activation(WlDoctor *doctor, const char *label, const WlStoredProfile *stored)
{
    g_autoptr(WlEventList) list = wl_past_events_read(stored->uuid, NULL);
    const WlEvent *event = list ? wl_check_last_find_failure(list) : NULL;
    g_autoptr(GDateTime) time = event ? g_date_time_new_from_unix_local(event->time) : NULL;
    g_autofree char *when = time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : NULL;
    g_autofree char *reason = event ? wl_display_quote(event->text, MAX_REASON) : NULL;
    g_autofree char *word = wl_display_shell_word(stored->id);
    g_autofree char *remedy = g_strdup_printf(
        "correct that and run wirelinkctl up %s; wirelinkctl log %s shows all messages", word,
        word);

    if (when)
        wl_doctor_add(doctor, "activation", WL_CHECK_WARN, remedy,
                      "%s: failed the last time, at %s: %s", label, when, reason);
}

void
wl_check_alternating(WlDoctor *doctor, const char *label, const char *uuid, gint64 now)
{
    g_autoptr(WlEventList) list = wl_past_events_read(uuid, NULL);
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = list ? list->events->len : 0; i > 0; i--) {
        const WlEvent *event = list->events->pdata[i - 1];
        g_autofree char *name = *event->name ? wl_display_quote(event->name, MAX_REASON)
                                             : wl_display_short_key(event->key);
        g_autofree char *text = wl_display_quote(event->text, MAX_REASON);

        if (event->kind != WL_EVENT_ALTERNATES || now - event->time > DAY ||
            !g_hash_table_add(told, event->key))
            continue;
        wl_doctor_add(doctor, "key", WL_CHECK_WARN,
                      "if two machines have the same profile: make one a member of its own with "
                      "wirelinkctl add; if it is one machine with two uplinks, nothing is to be "
                      "done",
                      "%s: %s: %s", label, name, text);
    }
}
