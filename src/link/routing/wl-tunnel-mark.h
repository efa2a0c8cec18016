/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/** The bits that the firewall mark and the table of every full tunnel of ours have, and which they
 * are: 'W'. NetworkManager and wg-quick use small numbers. */
#define WL_TUNNEL_MARK      0x57000000U
#define WL_TUNNEL_MARK_MASK 0xff000000U
