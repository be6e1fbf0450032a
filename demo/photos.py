"""Generated photos that look like evidence: rotten fruit, a parcel label, a broken appliance, dead seedlings.

No camera took them and nobody is in them, so a demonstration can show, send and erase them freely. The same
seed gives the same photo.
"""

import random

from PIL import Image

from demo.photo_box import bunches, floor, net, open_box, places, shade_inside
from demo.photo_fruit import SKINS, fruit
from demo.photo_light import held_by_hand, photographed, shadow
from demo.photo_seedlings import wilted_seedlings
from demo.photo_things import broken_cooker, parcel_label


def bad_fruit_photo(kind: str, bad_share: float, seed: int) -> bytes:
    """An open cardboard box of fruit from above: a JPEG of 800 by 600 pixels, at most 80 KB.

    `kind` is a key of SKINS; "vegetable" means tomatoes. Of the fruit in view, bad_share (0 to 1) are
    bruised, rotten or mouldy, rounded to whole ones. Raises KeyError for an unknown kind.
    """
    # Each with a chance of its own: more rot in the same box leaves box and camera alone.
    rng, rot, hand = (random.Random(f"{part} {kind} {seed}") for part in ("box", "rot", "hand"))
    skin = SKINS["tomato" if kind == "vegetable" else kind]
    scene = floor(rng)
    inner = open_box(rng, scene)
    where = bunches(rng, scene, inner) if kind == "grape" else places(rng, skin, inner)
    largest = max(diameter for _x, _y, diameter in where)
    bad = set(rot.sample(range(len(where)), round(bad_share * len(where))))
    sound = [fruit(rng, skin, 0, largest) for _ in range(8)]
    rotten = [fruit(rot, skin, rot.uniform(0.35, 1), largest) for _ in range(min(len(bad), 12))]
    white = net(rng, where[0][2])
    for number, (x, y, diameter) in enumerate(where):
        # In turn, not by chance: two equal ones should not lie side by side.
        pile = rotten if number in bad else sound
        pile.append(sprite := pile.pop(0))
        sprite = sprite.resize((diameter, diameter), Image.Resampling.LANCZOS)
        at = (x - diameter // 2, y - diameter // 2)
        cast = (at[0] + diameter // 18, at[1] + diameter // 12)
        shadow(scene, sprite.getchannel("A"), cast, blur=diameter / 18, strength=0.6)
        scene.paste(sprite, at, sprite)
        if skin.has_net:
            ring = white.rotate(rng.uniform(-12, 12), Image.Resampling.BICUBIC)
            scene.paste(ring, (x - ring.width // 2, y - ring.height // 2), ring)
    shade_inside(scene, inner)
    return photographed(hand, held_by_hand(hand, scene))


def parcel_label_photo(seed: int) -> bytes:
    """The label on a damaged carton, with invented numbers: a JPEG of 800 by 600 pixels, at most 80 KB."""
    rng = random.Random(f"label {seed}")
    return photographed(rng, held_by_hand(rng, parcel_label(rng)))


def broken_appliance_photo(seed: int) -> bytes:
    """A cracked induction cooker that shows a fault code: a JPEG of 800 by 600 pixels, at most 80 KB."""
    rng = random.Random(f"appliance {seed}")
    return photographed(rng, held_by_hand(rng, broken_cooker(rng)))


def wilted_seedlings_photo(seed: int) -> bytes:
    """A tray in which most seedlings died: a JPEG of 800 by 600 pixels, at most 80 KB."""
    rng = random.Random(f"seedlings {seed}")
    return photographed(rng, held_by_hand(rng, wilted_seedlings(rng)))
