/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-fact-set-renewal.h"

#include "state/wl-fact-set-private.h"
#include "state/wl-timing.h"

void
wl_fact_set_mark_changed(WlFactSet *self, WlFactEntry *entry, gint64 now)
{
    wl_change_log_push(self->changes, &entry->change);
    entry->advertised_until = wl_fact_entry_expires(entry, now);
    entry->advertised_life = entry->advertised_until - now;
    wl_timer_queue_set(self->renewals, &entry->renewal,
                       wl_fact_entry_outlives(entry, entry->advertised_until)
                           ? entry->advertised_until - WL_FACT_MARGIN
                           : WL_NEVER);
}

void
wl_fact_set_mark_renewed(WlFactSet *self, WlFactEntry *entry, gint64 now, gint64 expires)
{
    gint64 batch = MIN(WL_RENEWAL_BATCH, (entry->advertised_until - now) / 2);
    /* A fact that lives shorter than others is renewed as rarely, by its life: not whenever its
     * source renews it. */
    gint64 margin =
        entry->advertised_life < WL_FACT_MARGIN ? entry->advertised_life / 2 : WL_FACT_MARGIN;

    /* The time stays set until the fact is advertised. Facts that their source renews late are
     * relayed together with the next renewals. */
    if (entry->renewal.place == 0 && entry->advertised_until > 0 &&
        expires > entry->advertised_until && expires >= now + WL_RELAY_LIFE)
        wl_timer_queue_set(self->renewals, &entry->renewal,
                           MAX(entry->advertised_until - margin, now + batch));
}

void
wl_fact_set_mark_settled(WlFactSet *self, WlFactEntry *entry, gint64 expires)
{
    entry->advertised_until = MAX(entry->advertised_until, expires);
    if (entry->renewal.place != 0)
        wl_timer_queue_set(self->renewals, &entry->renewal, WL_NEVER);
}

gint64
wl_fact_set_next_renewal(const WlFactSet *self)
{
    return wl_timer_queue_first(self->renewals);
}

WlFactEntry *
wl_fact_set_take_renewal(WlFactSet *self, gint64 until)
{
    WlFactEntry *entry = wl_timer_queue_due(self->renewals, until);

    if (entry)
        wl_timer_queue_set(self->renewals, &entry->renewal, WL_NEVER);
    return entry;
}

const WlChangeLog *
wl_fact_set_get_changes(const WlFactSet *self)
{
    return self->changes;
}
