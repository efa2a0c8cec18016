/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-boot-id-change.h"

#include "wl-boot-id.h"

void
wl_boot_id_change_now(WlEngine *self)
{
    wl_boot_id_generate(&self->own.boot_id, self->random.func, self->random.data);
    self->own.boot_id_created = self->now;
    self->own.boot_id_due = WL_NEVER;
    /* A changed boot id has no effect until it is sent (docs/protocol.md 12.3). */
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++)
        wl_peer_forget_own_alive(wl_peer_table_get(&self->peers, i));
}

void
wl_boot_id_change_if_due(WlEngine *self)
{
    if (self->own.boot_id_due > self->now) {
        wl_scheduler_wake_at(&self->scheduler, self->own.boot_id_due);
        return;
    }
    wl_boot_id_change_now(self);
    wl_engine_schedule_all(self);
}
