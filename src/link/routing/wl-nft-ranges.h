/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-nft.h"

/** The addresses of the family that @prefixes cover, as ranges in their order with gaps. @prefixes:
 * of WlPrefix, in any order, may overlap. @most: the number of ranges that are kept, the first
 * ones. *left_out (may be NULL): how many more there are. Returns WlNftRange, to be freed with
 * g_array_unref(). A range is compared bytewise. */
GArray *wl_nft_ranges_new(const GArray *prefixes, WlFamily family, guint most, guint *left_out);
