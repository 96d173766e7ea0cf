/** The model's measures and dimensions. Written by `python -m resolvers.export_model`: do not edit. */

export const MEASURES = {
  views: { label: 'Views', unit: 'count', description: 'Sessions that started.' },
  viewers: { label: 'Viewers', unit: 'count', description: 'Distinct users with a session, exact.' },
  watchMinutes: { label: 'Minutes watched', unit: 'minutes', description: 'Minutes watched.' },
  watchHours: { label: 'Hours watched', unit: 'hours', description: 'Hours watched.' },
  averageWatchMinutes: { label: 'Minutes per view', unit: 'minutes', description: 'Minutes watched per session.' },
  completionRate: { label: 'Completion', unit: 'fraction', description: 'Mean share of the film that was watched, 0-1, over sessions that say it.' },
  completedViews: { label: 'Completed views', unit: 'count', description: 'Sessions that reached 90 % of the film.' },
  bufferingEvents: { label: 'Buffering events', unit: 'count', description: 'Interruptions by buffering.' },
  bufferingPerView: { label: 'Buffering per view', unit: 'perView', description: 'Interruptions by buffering per session, over sessions that say it.' },
  activeTitles: { label: 'Active titles', unit: 'count', description: 'Distinct films with a session, exact.' },
  newViewers: { label: 'New viewers', unit: 'count', description: 'Viewers whose first session ever is not before the time bucket (without one, the range).' },
  returningViewers: { label: 'Returning viewers', unit: 'count', description: 'Viewers who had a session before the time bucket (without one, the range).' },
  watchMinutesP50: { label: 'Median minutes', unit: 'minutes', description: 'Minutes watched per session, median by nearest rank.' },
  watchMinutesP95: { label: 'Minutes, 95th percentile', unit: 'minutes', description: 'Minutes watched per session, 95th percentile by nearest rank.' },
  catalogueTitles: { label: 'Titles in the catalogue', unit: 'count', description: 'Films in the catalogue, watched or not, whatever the range; grouped by films\' own dimensions only.' },
  ratingsCount: { label: 'Ratings', unit: 'count', description: 'Ratings given.' },
  averageRating: { label: 'Rating', unit: 'stars', description: 'Mean of the ratings given in the range, 0.5-5.' },
  users: { label: 'Users', unit: 'count', description: 'Registered users, whatever the range.' },
} as const;

export const DIMENSIONS = {
  time: { label: 'Time', description: 'The bucket\'s local start, ISO 8601 with offset.' },
  hourOfDay: { label: 'Hour of day', description: 'The local hour of day, 0-23.' },
  dayOfWeek: { label: 'Day of week', description: 'The local day of the week, 1 (Monday) to 7.' },
  movie: { label: 'Film', description: 'The film; equal titles stay apart by id.' },
  genre: { label: 'Genre', description: 'The film\'s first genre; null where it has none.' },
  director: { label: 'Director', description: 'The film\'s director; null where nobody is named.' },
  releaseYear: { label: 'Release year', description: 'The year of the film\'s release; null where it is not known.' },
  daysSinceRelease: { label: 'Days since release', description: 'Local days from the film\'s release to the session; null without a release date, negative before it.' },
  device: { label: 'Device', description: 'The kind of device; null where the client did not say.' },
  quality: { label: 'Quality', description: 'The picture quality; null where the client did not say.' },
  country: { label: 'Country', description: 'The user\'s country, ISO 3166 alpha-2; null where it is not known.' },
  subscription: { label: 'Subscription', description: 'The user\'s plan; null where it is not known.' },
  ageBand: { label: 'Age band', description: 'under 18, 18-24, 25-34, 35-44, 45-54 or 55+; null where the age is not known.' },
  gender: { label: 'Gender', description: 'The user\'s gender as given; null where it is not, and where your role does not see it.' },
  attribute: { label: 'Attribute', description: 'What the client sent beyond the schema, by its path (`app.version`); null where it did not.' },
} as const;

export type MeasureName = keyof typeof MEASURES;
export type DimensionName = keyof typeof DIMENSIONS;
export type MeasureUnit = (typeof MEASURES)[MeasureName]['unit'];
