"""The rule by which seats are given, without a database."""


from enroll.admission.rules.seats import Plan, RoomPlan, Sitter, neighbours_of_one_group, plan_seats

STAIRS, LIFT = RoomPlan(1, "201", 6, accessible=False, across=3), RoomPlan(2, "301", 6, across=3, serpentine=True)


def people(number, **more):
    return [Sitter(one, one, **more) for one in range(1, number + 1)]


def test_rooms_by_code_seats_from_one_people_as_they_booked_whatever_the_order_of_the_list():
    plan = plan_seats([LIFT, STAIRS], people(8)[::-1])
    assert plan.given == {**{one: (1, one) for one in range(1, 7)}, 7: (2, 1), 8: (2, 2)}
    assert plan == plan_seats([STAIRS, LIFT], people(8)), "the same facts give the same plan"


def test_whoever_needs_access_sits_in_an_accessible_room_and_whoever_finds_none_is_named():
    last = [*people(7), Sitter(8, 8, needs_access=True), Sitter(9, 9, accommodated=True)]
    plan = plan_seats([STAIRS, LIFT], last)
    assert plan.given[8] == (2, 1)
    assert plan.given[9] == (1, 1), "whoever was granted anything else comes next"
    assert plan.given[1] == (1, 2)
    crowd = [Sitter(one, one, needs_access=True) for one in range(1, 9)]
    plan = plan_seats([STAIRS, LIFT], crowd)
    assert plan.no_access == (7, 8)
    assert plan_seats([STAIRS], people(7)).without == (7,)


def test_a_seat_that_is_given_stays_and_holes_are_filled_unless_the_plan_is_made_afresh():
    kept = [Sitter(1, 1, seat=(2, 5)), Sitter(2, 2), Sitter(3, 3, seat=(1, 1), movable=False)]
    assert plan_seats([STAIRS, LIFT], kept).given == {2: (1, 2)}
    assert plan_seats([STAIRS, LIFT], kept, afresh=True).given == {1: (1, 2), 2: (1, 3)}
    settled = [Sitter(1, 1, seat=(1, 1))]
    assert plan_seats([STAIRS], settled, afresh=True) == Plan()


def test_people_of_one_employer_sit_neither_beside_nor_behind_each_other_as_far_as_it_can_be_done():
    mixed = [Sitter(one, one, group="acme" if one <= 3 else "") for one in range(1, 7)]
    apart = plan_seats([LIFT], mixed, apart=True)
    groups = {seat: mixed[one - 1].group for one, seat in apart.given.items()}
    assert neighbours_of_one_group([LIFT], groups) == 0
    together = {seat: mixed[one - 1].group for one, seat in plan_seats([LIFT], mixed).given.items()}
    assert neighbours_of_one_group([LIFT], together) == 2
    all_of_one = plan_seats([LIFT], people(6, group="acme"), apart=True)
    assert len(all_of_one.given) == 6, "nobody is left without a seat for it"


def test_neighbours_are_counted_as_the_desks_stand():
    assert sorted(STAIRS.beside(2)) == [1, 3, 5]
    assert sorted(LIFT.beside(3)) == [2, 4], "the second row runs back: 4 stands behind 3"
