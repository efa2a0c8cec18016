/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Drops all capabilities except CAP_NET_ADMIN and CAP_NET_BIND_SERVICE (listen ports below 1024),
 * and disables new privileges through exec, core dumps and ptrace by other processes, because the
 * private key is in memory. What the kernel or a policy refuses becomes a limitation.
 */
void wl_privileges_drop(void);
