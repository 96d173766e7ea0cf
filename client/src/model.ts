/** The model's measures and dimensions. Written by `python -m resolvers.export_model`: do not edit. */

export const MEASURES = {
  views: { label: 'Views', unit: 'count', description: 'Sessions that started.' },
  viewers: { label: 'Viewers', unit: 'count', description: 'Distinct users with a session, exact.' },
  watchMinutes: { label: 'Minutes watched', unit: 'minutes', description: 'Minutes watched.' },
  watchHours: { label: 'Hours watched', unit: 'hours', description: 'Hours watched.' },
  averageWatchMinutes: { label: 'Minutes per view', unit: 'minutes', description: 'Minutes watched per session.' },
  completionRate: { label: 'Completion', unit: 'fraction', description: 'Mean share of the film that was watched, 0-1, over sessions where it is known.' },
  completedViews: { label: 'Completed views', unit: 'count', description: 'Sessions that reached 90 % of the film.' },
  bufferingEvents: { label: 'Buffering events', unit: 'count', description: 'Buffering interruptions.' },
  bufferingPerView: { label: 'Buffering per view', unit: 'perView', description: 'Buffering interruptions per session, over sessions where they are known.' },
  activeTitles: { label: 'Active titles', unit: 'count', description: 'Distinct films with a session, exact.' },
  newViewers: { label: 'New viewers', unit: 'count', description: 'Viewers whose first session ever is not before the time bucket (without one, the range).' },
  returningViewers: { label: 'Returning viewers', unit: 'count', description: 'Viewers who had a session before the time bucket (without one, the range).' },
  watchMinutesP50: { label: 'Median minutes', unit: 'minutes', description: 'Minutes watched per session, median by nearest rank.' },
  watchMinutesP95: { label: 'Minutes, 95th percentile', unit: 'minutes', description: 'Minutes watched per session, 95th percentile by nearest rank.' },
  catalogueTitles: { label: 'Titles in the catalogue', unit: 'count', description: 'Films in the catalogue, watched or not, in any range; only grouped by film dimensions.' },
  ratingsCount: { label: 'Ratings', unit: 'count', description: 'Ratings given.' },
  averageRating: { label: 'Rating', unit: 'stars', description: 'Mean of the ratings given in the range, 0.5-5.' },
  users: { label: 'Users', unit: 'count', description: 'Registered users, in any range.' },
} as const;

export const DIMENSIONS = {
  time: { label: 'Time', description: 'The bucket\'s local start, ISO 8601 with offset.' },
  hourOfDay: { label: 'Hour of day', description: 'The local hour of day, 0-23.' },
  dayOfWeek: { label: 'Day of week', description: 'The local day of the week, 1 (Monday) to 7.' },
  movie: { label: 'Film', description: 'The film; films with equal titles are separate.' },
  genre: { label: 'Genre', description: 'The film\'s first genre; null if it has none.' },
  director: { label: 'Director', description: 'The film\'s director; null if unknown.' },
  releaseYear: { label: 'Release year', description: 'The year of the film\'s release; null if unknown.' },
  daysSinceRelease: { label: 'Days since release', description: 'Local days from the film\'s release to the session; null without a release date, negative before it.' },
  device: { label: 'Device', description: 'The device type; null if the client did not send it.' },
  quality: { label: 'Quality', description: 'The picture quality; null if the client did not send it.' },
  country: { label: 'Country', description: 'The user\'s country, ISO 3166 alpha-2; null if unknown.' },
  subscription: { label: 'Subscription', description: 'The user\'s plan; null if unknown.' },
  ageBand: { label: 'Age band', description: 'under 18, 18-24, 25-34, 35-44, 45-54 or 55+; null if the age is unknown.' },
  gender: { label: 'Gender', description: 'The user\'s gender as given; null if unknown, or hidden from your role.' },
  attribute: { label: 'Attribute', description: 'What the client sent beyond the schema, by path (`app.version`); null if it sent nothing.' },
} as const;

export type MeasureName = keyof typeof MEASURES;
export type DimensionName = keyof typeof DIMENSIONS;
export type MeasureUnit = (typeof MEASURES)[MeasureName]['unit'];
