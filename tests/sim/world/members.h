/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** NULL for those that run nothing. */
const SimMemberKind *sim_members_find(SimKind kind);
/** "native", "go", "basic". */
const char *sim_kind_to_string(SimKind kind);
/** Gives the device what a wg-quick file with the profile's peers would: their allowed IPs, and the
 * first address that is one. */
void sim_members_configure_device(SimHost *host);
/** Random numbers for a device; @user_data is the host. */
guint32 sim_host_random(gpointer user_data);
