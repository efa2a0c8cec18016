/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-doctor.h"
#include "wl-stored-profiles.h"

/**
 * Where SELinux is enforcing: adds findings about ports of an inactive profile that its policy
 * keeps from NetworkManager and its services. @fact_port: of the profile, or the default.
 */
void wl_check_selinux_ports(WlDoctor *doctor, const char *label, guint listen_port,
                            guint fact_port);
