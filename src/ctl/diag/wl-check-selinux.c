/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports under SELinux. The service runs as NetworkManager_t, without a policy of its own. That
 * domain may bind UDP ports for IPsec and DHCP; the kernel asks no policy about ports of
 * ip_local_port_range (selinux_socket_bind() in security/selinux/hooks.c), nor about those of its
 * own sockets, such as WireGuard's.
 */
#include "wl-check-selinux.h"

#include <stdio.h>

#include "wl-host.h"

/* The kernel's defaults. */
#define FIRST 32768
#define LAST  60999

static gboolean
is_enforcing(void)
{
    g_autofree char *text = wl_host_read("/sys/fs/selinux/enforce");

    return text && *text == '1';
}

static void
read_range(guint *first, guint *last)
{
    g_autofree char *text = wl_host_read("/proc/sys/net/ipv4/ip_local_port_range");

    if (text && sscanf(text, "%u %u", first, last) == 2)
        return;
    *first = FIRST;
    *last = LAST;
}

/* Types isakmp_port_t and dhcpc_port_t of the policy. */
static gboolean
is_allowed(guint port, guint first, guint last)
{
    static const guint labeled[] = {68, 500, 546, 4500, 5546};

    for (guint i = 0; i < G_N_ELEMENTS(labeled); i++) {
        if (port == labeled[i])
            return TRUE;
    }
    return port == 0 || (port >= MAX(first, 1024) && port <= last);
}

static void
add_refused(WlDoctor *doctor, const char *label, const char *key, guint port, guint first,
            guint last)
{
    g_autofree char *remedy = g_strdup_printf(
        "choose a %s from %u to %u, or allow this one: semanage port -a -t isakmp_port_t -p udp %u",
        key, MAX(first, 1024), last, port);

    wl_doctor_add(doctor, "selinux", WL_CHECK_FAIL, remedy,
                  "%s: SELinux does not let the service listen on its %s, UDP %u", label, key,
                  port);
}

void
wl_check_selinux_ports(WlDoctor *doctor, const char *label, guint listen_port, guint fact_port)
{
    guint first, last;

    if (!is_enforcing())
        return;
    read_range(&first, &last);
    if (!is_allowed(fact_port, first, last))
        add_refused(doctor, label, "fact-port", fact_port, first, last);
    if (is_allowed(listen_port, first, last))
        return;
    if (wl_host_get_wireguard() == WL_HOST_WIREGUARD_NONE)
        add_refused(doctor, label, "listen-port", listen_port, first, last);
    else
        wl_doctor_add(doctor, "selinux", WL_CHECK_OK, NULL,
                      "%s: its listen-port, UDP %u, is outside %u to %u; SELinux lets the kernel's "
                      "WireGuard use it, but not wireguard-go",
                      label, listen_port, MAX(first, 1024), last);
}
