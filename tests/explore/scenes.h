/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_SCENES_H
#define EXPLORE_SCENES_H

#include "scene.h"

/* scenes_flow.c */
extern const struct scene scene_single, scene_single_batch,
	scene_single_stamped, scene_two_stages, scene_two_upstreams,
	scene_backlog,
	scene_multi, scene_multi_batch,
	scene_multi_gap, scene_multi_alone, scene_gap_wrap, scene_gap_only,
	scene_gap_follow;

/* scenes_fetch.c */
extern const struct scene scene_fetch, scene_fetch_join;

/* scenes_wait.c */
extern const struct scene scene_wait_one, scene_wait_one_fence, scene_wait_two,
	scene_wait_two_fence, scene_wait_follower, scene_wait_follower_fence,
	scene_wait_full, scene_wait_full_fence, scene_wait_multi,
	scene_wait_multi_fence, scene_halt, scene_halt_fence, scene_halt_claim,
	scene_halt_claim_fence, scene_cancel, scene_cancel_fence,
	scene_wait_close, scene_wait_close_fence,
	scene_close, scene_close_told;

/* scenes_loop.c */
extern const struct scene scene_loop, scene_loop_fence, scene_loop_two,
	scene_loop_two_fence, scene_loop_leave, scene_loop_leave_fence,
	scene_loop_full, scene_loop_full_fence,
	scene_loop_full_two, scene_loop_full_two_fence;

/* scenes_members.c */
extern const struct scene scene_join, scene_join_next, scene_join_second,
	scene_join_multi, scene_join_behind, scene_leave, scene_leave_full,
	scene_rejoin,
	scene_leave_asleep, scene_leave_reading, scene_leave_heir,
	scene_join_awaited;

/* scenes_death.c */
extern const struct scene scene_recover, scene_recover_batch,
	scene_recover_two, scene_recover_early, scene_recover_full,
	scene_recover_alive, scene_recover_leaver, scene_recover_heir,
	scene_recover_idle,
	scene_recover_reuse, scene_recover_follow, scene_recover_cancel,
	scene_role, scene_role_stamped;

/* scenes_lost.c */
extern const struct scene scene_evict, scene_resume, scene_fail, scene_pass,
	scene_leave_far;

/* scenes_stall.c */
extern const struct scene scene_stall, scene_stall_poll, scene_stall_finish,
	scene_stall_third, scene_stall_anew;

/* scenes_processors.c */
extern const struct scene scene_processor, scene_processor_halt,
	scene_processor_change, scene_processor_told, scene_release,
	scene_pool, scene_pool_pass,
	scene_pool_follow,
	scene_pool_keys, scene_slip;

/* scenes_owners.c */
extern const struct scene scene_stall_heir, scene_follow_heir,
	scene_join_left;

/* scenes_look.c */
extern const struct scene scene_inspect_reused, scene_check_left,
	scene_check_joined, scene_check_pool, scene_backlog_left,
	scene_inspect_done;

/* scenes_holder.c */
extern const struct scene scene_holder, scene_holder_role, scene_inspect_heir;

/* scenes_repair.c */
extern const struct scene scene_repair_gap, scene_repair_moving,
	scene_repair_links, scene_repair_place, scene_repair_word;

/* scenes_create.c */
extern const struct scene scene_create, scene_inspect,
	scene_inspect_resumed, scene_check;

#endif
