/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/**
 * What the bytes of a datagram are: members decode, reason | consumed, trailing_ignored, fact,
 * inner. The tag of a group is not looked at.
 */
JsonObject *wl_ctl_packet_to_json(const guint8 *data, gsize length);
