/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-endpoint-history.h"

#include <string.h>

#include "wl-array.h"

/* Addresses of one /64 that are remembered: temporary ones change daily. */
#define MAX_OF_NETWORK 2

GArray *
wl_endpoint_history_new(void)
{
    return wl_array_new(WlPastEndpoint);
}

static gboolean
is_beside(const WlEndpoint *a, const WlEndpoint *b)
{
    return a->ip.family == b->ip.family &&
           (a->ip.family == WL_FAMILY_V6 ? memcmp(a->ip.bytes, b->ip.bytes, 8) == 0
                                         : wl_ip_equal(&a->ip, &b->ip));
}

/* Removes those beside @endpoint that are too many, the last @max of them excepted. */
static void
thin_out(GArray *self, const WlEndpoint *endpoint, guint max)
{
    guint n = 0;

    for (guint i = 0; i < self->len;) {
        const WlPastEndpoint *past = &g_array_index(self, WlPastEndpoint, i);

        if (!is_beside(&past->endpoint, endpoint) || n++ < max)
            i++;
        else
            g_array_remove_index(self, i);
    }
}

gboolean
wl_endpoint_history_forget(GArray *self, const WlEndpoint *endpoint)
{
    for (guint i = 0; i < self->len; i++) {
        if (!wl_endpoint_equal(&g_array_index(self, WlPastEndpoint, i).endpoint, endpoint))
            continue;
        g_array_remove_index(self, i);
        return TRUE;
    }
    return FALSE;
}

void
wl_endpoint_history_note(GArray *self, const WlEndpoint *endpoint, gint64 seen)
{
    const WlPastEndpoint past = {.endpoint = *endpoint, .seen = seen};
    guint index = 0;

    wl_endpoint_history_forget(self, endpoint);
    thin_out(self, endpoint, endpoint->ip.family == WL_FAMILY_V6 ? MAX_OF_NETWORK - 1 : 0);
    while (index < self->len && g_array_index(self, WlPastEndpoint, index).seen > seen)
        index++;
    g_array_insert_val(self, index, past);
    if (self->len > WL_MAX_HISTORY)
        g_array_set_size(self, WL_MAX_HISTORY);
}

void
wl_endpoint_history_renew(GArray *self, gint64 now)
{
    if (self->len > 0)
        g_array_index(self, WlPastEndpoint, 0).seen = now;
}
