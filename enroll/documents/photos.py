"""The identity photo: cut to size, kept within its weight, and looked over before anybody reviews it.

Every number is a parameter, because each issuing body states its own. The checks find what a machine can find and
decide nothing: a reviewer does.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageColor, ImageStat

from enroll.documents.images import Frame, Picture, cut, reopen, to_jpeg
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

QUALITIES = (92, 88, 84, 80, 75, 70, 64, 58, 52, 46, 40)
RICHER_QUALITIES = (95, 98, 100)
# Below these a picture holds no face (one even colour), or no colour; a scanned grey photo stays below 3.
EVEN = 8.0
COLOURLESS = 8.0


@dataclass(frozen=True)
class PhotoRule:
    """What the photo must be. `background_share` of the pixels along the upper edges must be within `tolerance` (0-255)
    of the background colour in every channel, and lean by `tint` at most: a soft shadow on white is white, pale blue is
    not."""

    width: int
    height: int
    min_kb: int
    max_kb: int
    background: str = "#FFFFFF"
    tolerance: int = 28
    tint: int = 16
    background_share: float = 0.9

    @property
    def least_bytes(self) -> int:
        return self.min_kb * 1024

    @property
    def most_bytes(self) -> int:
        return self.max_kb * 1000  # whoever counts a KB as 1,024 bytes is content with this too


def make_photo(jpeg: bytes, frame: Frame, rule: PhotoRule) -> Picture:
    """Cut the framed part of a picture of ours to the rule's size and press it into its weight.

    Raises UnacceptableImage("frame_too_small").
    """
    image = cut(reopen(jpeg), frame, width=rule.width, height=rule.height)
    return Picture(_weighed(image, rule), image.width, image.height)


def check_photo(jpeg: bytes, rule: PhotoRule) -> tuple[Problem, ...]:
    """Everything the machine sees against the rule, all at once; () when it sees nothing."""
    image = reopen(jpeg)
    share = background_share(image, rule)
    found = (
        image.size != (rule.width, rule.height)
        and problem("photo_wrong_size", N_("The photo must be %(width)s × %(height)s pixels."),
                    width=rule.width, height=rule.height),
        len(jpeg) < rule.least_bytes
        and problem("photo_file_too_small", N_("The photo file is smaller than %(least)s KB."), least=rule.min_kb),
        len(jpeg) > rule.most_bytes
        and problem("photo_file_too_large", N_("The photo file is larger than %(most)s KB."), most=rule.max_kb),
        share < rule.background_share
        and problem("photo_background", N_("The background is not plain enough: %(share)s %% of its edge has the "
                                           "colour asked for, at least %(needed)s %% should."),
                    share=int(share * 100), needed=round(rule.background_share * 100)),
        _is_even(image) and problem("photo_blank", N_("No person can be seen on the photo.")),
        not _is_even(image) and _is_colourless(image)
        and problem("photo_not_in_colour", N_("The photo is black and white. A colour photo is needed.")),
    )
    return tuple(one for one in found if one)


def background_share(image: Image.Image, rule: PhotoRule) -> float:
    """How much of the upper edge (top, and both sides down to the shoulders) has the background colour, 0 to 1."""
    near = _near(image, ImageColor.getrgb(rule.background)[:3], rule)
    strip_x, strip_y, shoulders = image.width // 20 + 1, image.height // 16 + 1, image.height // 2
    strips = (
        near.crop((0, 0, image.width, strip_y)),
        near.crop((0, strip_y, strip_x, shoulders)),
        near.crop((image.width - strip_x, strip_y, image.width, shoulders)),
    )
    white = sum(strip.histogram()[255] for strip in strips)
    return white / sum(strip.width * strip.height for strip in strips)


def _near(image: Image.Image, colour: tuple[int, ...], rule: PhotoRule) -> Image.Image:
    """255 where every channel is within the tolerance and none stands out by more than the tint, else 0."""
    apart = ImageChops.difference(image, Image.new("RGB", image.size, colour))
    red, green, blue = apart.split()
    farthest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    nearest = ImageChops.darker(ImageChops.darker(red, green), blue)
    leaning = ImageChops.subtract(farthest, nearest)
    return ImageChops.darker(farthest.point([255 * (away <= rule.tolerance) for away in range(256)]),
                             leaning.point([255 * (away <= rule.tint) for away in range(256)]))


def _middle(image: Image.Image) -> Image.Image:
    return image.crop((image.width // 4, image.height // 5, image.width * 3 // 4, image.height * 4 // 5))


def _is_even(image: Image.Image) -> bool:
    return max(ImageStat.Stat(_middle(image)).stddev) < EVEN


def _is_colourless(image: Image.Image) -> bool:
    return ImageStat.Stat(_middle(image).convert("HSV").getchannel("S")).mean[0] < COLOURLESS


def _weighed(image: Image.Image, rule: PhotoRule) -> bytes:
    """The best quality that is not too heavy; a richer one where the usual is too light."""
    made = b""
    for quality in QUALITIES:
        made = to_jpeg(image, quality=quality)
        if len(made) <= rule.most_bytes:
            break
    if len(made) >= rule.least_bytes:
        return made
    richer = [made, *(to_jpeg(image, quality=quality) for quality in RICHER_QUALITIES)]
    return next((one for one in richer if rule.least_bytes <= len(one) <= rule.most_bytes), made)
