/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-forwarding.h"

#include "wl-sysctl.h"

void
wl_forwarding_start(WlForwarding *self, const char *interface, gboolean v6)
{
    g_autoptr(GError) error = NULL;
    gboolean everywhere = FALSE;

    if (!wl_sysctl_forward4(interface, &error) ||
        (v6 && !wl_sysctl_forward6(interface, &everywhere, &error)))
        g_warning("%s", error->message);
    self->v6_everywhere |= everywhere;
}

void
wl_forwarding_stop(WlForwarding *self)
{
    g_autoptr(GError) error = NULL;

    if (self->v6_everywhere && !wl_sysctl_stop_forward6(&error))
        g_warning("%s", error->message);
    self->v6_everywhere = FALSE;
}

void
wl_forwarding_stop_link(WlForwarding *self, const char *interface)
{
    g_autoptr(GError) error = NULL;

    wl_forwarding_stop(self);
    if (!wl_sysctl_stop_forward_link(interface, &error))
        g_warning("%s", error->message);
}
