/** Words of pictures to train on. */
export const TRAIN_WORDS = list(`
  agent angle apron arrow badge bakery barge basket beaver bridge bucket butter cabin cactus camera candle carpet
  castle cherry circle clover coffee cotton cradle crystal daisy danger desert dinner donkey dragon eagle engine
  fabric falcon feather ferry fiddle finger forest fossil fridge galaxy garage garden ginger giraffe globe gravel
  guitar hammer harbor helmet hockey honey insect island jacket jaguar jungle kettle kitten ladder lagoon lantern
  lemon lizard magnet mango market marble meadow mirror monkey motor mustard napkin needle nickel nutmeg oatmeal
  orange orchid oxygen oyster paddle panther parrot pebble pepper piano picnic pigeon pillow pirate planet pocket
  puzzle quail quarter queen quilt rabbit racket radar rafter raven reptile ribbon river rocket saddle salmon sapphire
  saturn scarf shadow signal silver sketch spider squad squash statue stork sugar sunset temple thread ticket tiger
  timber tomato tractor trumpet tunnel turkey twenty urgent valley velvet violin voyage wagon walnut wax weaver
  window winter wizard yacht yellow zebra zipper
`);

/** Other words, of pictures to test on. */
export const TEST_WORDS = list(`
  acrobat album anchor aquatic autumn badger banquet beetle blanket bottle canyon carrot cement chapel cobra copper
  dagger diamond eclipse elbow fidget fountain fragile gallop gazelle gorgeous granite gravity hazelnut hexagon iguana
  jigsaw jockey juggler kayak kingdom lagging lettuce mammoth mixture nugget octagon package pilgrim quartz quarry
  question rainbow referee regatta request rugby satchel squid sturdy tangerine target tugboat turtle unique vintage
  vortex waffle wriggle yogurt zigzag
`);

function list(text: string): readonly [string, ...string[]] {
  return text.trim().split(/\s+/) as [string, ...string[]];
}
