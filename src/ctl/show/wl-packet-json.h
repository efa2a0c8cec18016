/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/**
 * The contents of a datagram: members decode, and reason or consumed, trailing_ignored, fact and
 * inner. The tag of a group is not verified.
 */
JsonObject *wl_packet_to_json(const guint8 *data, gsize length);
