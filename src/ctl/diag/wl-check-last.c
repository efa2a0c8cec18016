/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's check of how the last activation of a profile ended, from the events that its
 * service recorded.
 */
#include "wl-check-last.h"

#include "wl-display.h"
#include "wl-past-events.h"

#define MAX_REASON 300 /* columns */

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
