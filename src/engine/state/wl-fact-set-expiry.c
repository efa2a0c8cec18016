/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-fact-set-expiry.h"

#include "state/wl-fact-set-private.h"
#include "state/wl-timing.h"

/* Longer than the interval between turns while peers renew facts. */
#define EXACT_WITHIN WL_SEC(60)

gboolean
wl_fact_set_has_stale(const WlFactSet *self)
{
    return self->stale->len > 0;
}

/* Drops the expired sources of @entry or makes them stale. TRUE if anything changed. */
static gboolean
expire_entry(WlFactSet *self, WlFactEntry *entry, gint64 now, WlKeepFunc keep,
             WlExpiredFunc expired, gpointer user_data)
{
    gboolean changed = FALSE;

    entry->lost = FALSE;
    for (guint i = entry->sources->len; i-- > 0;) {
        WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        if (origin->expires > now)
            continue;
        if (!keep(entry, origin, user_data)) {
            entry->lost |= origin->verdict == WL_VERDICT_ACCEPTED;
            wl_fact_set_remove_source(self, entry, i);
            changed = TRUE;
        } else if (!origin->stale) {
            entry->lost |= origin->verdict == WL_VERDICT_ACCEPTED;
            origin->stale = TRUE;
            changed = TRUE;
        }
    }
    wl_fact_set_update_entry(self, entry);
    if (changed)
        expired(entry, user_data);
    if (changed && wl_fact_entry_is_unused(entry))
        wl_fact_set_remove_entry(self, entry);
    return changed;
}

/* When the first entry in @queue expires. A timer far in the future may be too early, since most
 * facts are renewed before it fires. */
static gint64
next_in(WlTimerQueue *queue, gint64 now)
{
    WlFactEntry *entry;

    while ((entry = wl_timer_queue_due(queue, now + EXACT_WITHIN)) &&
           wl_fact_entry_first_expiry(entry) > entry->expiry.when)
        wl_timer_queue_set(queue, &entry->expiry, wl_fact_entry_first_expiry(entry));
    return wl_timer_queue_first(queue);
}

gint64
wl_fact_set_next_expiry(WlFactSet *self, gint64 now)
{
    return next_in(self->expiries, now);
}

gboolean
wl_fact_set_has_expired(WlFactSet *self, gint64 now)
{
    return next_in(self->expiries, now) <= now || next_in(self->idle, now) <= now;
}

static gboolean
expire_queue(WlFactSet *self, WlTimerQueue *queue, gint64 now, WlKeepFunc keep,
             WlExpiredFunc expired, gpointer user_data)
{
    gboolean changed = FALSE;
    WlFactEntry *entry;

    while (next_in(queue, now) <= now && (entry = wl_timer_queue_due(queue, now)))
        changed |= expire_entry(self, entry, now, keep, expired, user_data);
    return changed;
}

gboolean
wl_fact_set_expire(WlFactSet *self, gint64 now, gboolean again, WlKeepFunc keep,
                   WlExpiredFunc expired, gpointer user_data)
{
    gboolean changed = FALSE;

    for (guint i = again ? self->stale->len : 0; i-- > 0;)
        changed |= expire_entry(self, self->stale->pdata[i], now, keep, expired, user_data);
    changed |= expire_queue(self, self->expiries, now, keep, expired, user_data);
    changed |= expire_queue(self, self->idle, now, keep, expired, user_data);
    return changed;
}

void
wl_fact_set_drop_source(WlFactSet *self, const WlKey *source, WlExpiredFunc expired,
                        gpointer user_data)
{
    for (guint i = self->entries->len; i-- > 0;) {
        WlFactEntry *entry = self->entries->pdata[i];
        const WlFactSource *origin = wl_fact_entry_find_source(entry, source);

        if (!origin)
            continue;
        entry->lost = origin->verdict == WL_VERDICT_ACCEPTED;
        wl_fact_set_remove_source(self, entry,
                                  (guint) (origin - (const WlFactSource *) entry->sources->data));
        expired(entry, user_data);
        if (wl_fact_entry_is_unused(entry))
            wl_fact_set_remove_entry(self, entry);
    }
}
