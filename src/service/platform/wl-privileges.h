/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * What the process gives up at its start, before it has a second thread: all capabilities except
 * CAP_NET_ADMIN and CAP_NET_BIND_SERVICE (listen ports below 1024), new privileges through exec,
 * core dumps and ptrace by other processes, because the private key is in memory, and writing files
 * outside its own directories, which it creates (wl-file-access.h). wireguard-go, which is started
 * later, inherits this. What the kernel or a policy refuses becomes a limitation.
 */
void wl_privileges_drop(void);
