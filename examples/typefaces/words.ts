/** Words of pictures to train on: short ones, so that their letters come out large. */
export const TRAIN_WORDS = list(`
  acorn agent angle apron arrow badge bagel barge beach berry bingo bison blaze bread brick brook brush cabin cable
  camel candy cargo chalk chess chick cigar clay cliff clock cloud coral crab crane cream crow daisy deck delta
  diary dock dog dove draft dress drum dusk dwarf eagle easel fern field flag flame flute foam fog forge fox frame
  frog fruit fudge gate gecko ghost giant glass globe goat grape grass guava gulf gym hawk hazel hedge herb hill
  honey horse hotel igloo index ivory jade jam jazz jelly jewel judge juice jumbo kayak kiosk kite knife koala lamp
  larch lemon lily lodge lunar lynx mango maple match melon mesh milk mint moose mouse mug myth navy nest ninja
  north oasis ocean olive onyx opera orbit otter owl palm panda paper peach pearl piano pixel plaza plum pony quail
  quart queen quiz radar raft raven reef ridge river robin rope royal rug sage salt scarf shell silk skate skunk
  smoke snail solar spice squad squid stamp stone sugar swan taxi tent thumb tiger toast topaz torch train tulip
  twig ultra urban vase vault vine viola vixen wagon wasp water whale wheat wolf yacht yak yarn zebra zinc zoom
`);

/** Other words, of pictures to test on. */
export const TEST_WORDS = list(`
  actor adobe alarm amber anvil aqua atlas bacon banjo basil beak bird bloom boxer brave bulb calf canoe cedar charm
  cider civic cocoa comet cube curve dance dough eight elbow ember envoy equal fable finch fjord flint focus forty
  fungi gauge glove grain gravy guide happy harp hippo human image inlet ivy joker judo juror karma kebab kiwi knock
  label large laser lever light limbo llama logic lucky lunch magic major medal metro mixer model motel muddy music
  nacho nerve night novel nylon oak onion oxide ozone patio petal phone pizza plank poppy prize pulp pupil puppy
  quack quark query quest quota ranch react rhyme rigid rugby saga salad sauce sheep shrub siren sixty skirt slope
  snack sonar spark squat stage straw sushi swamp syrup table tango thorn tooth tower trout unity upper valve vapor
  video vivid vocal voice waltz wedge wharf wing wreck wrist xenon yeast yolk youth zesty zone
`);

function list(text: string): readonly [string, ...string[]] {
  return text.trim().split(/\s+/) as [string, ...string[]];
}
