/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-doctor.h"

/** Checks whether a firewall may drop incoming packets. */
void wl_check_firewall(WlDoctor *doctor, GDBusConnection *bus);
/** Checks whether a firewall drops the packets that a router forwards; needs root. */
void wl_check_forwarding(WlDoctor *doctor, const char *label, const char *interface);
